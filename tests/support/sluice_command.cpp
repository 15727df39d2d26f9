#include "tests/support/sluice_command.h"

#include "tests/support/temp_dir.h"
#include "tests/support/temp_repo.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace sluice::tests {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string slurp(const std::string& path)
{
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Where the words of one start go: out and err.
std::string new_folder()
{
  std::string pattern = (fs::temp_directory_path() / "sluice-words-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("mkdtemp failed");
  return pattern;
}

// Strings are bytes: what is not UTF-8 is an object (docs/formats/events.md). Good enough to compare names.
std::string text_of(const json& value)
{
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string decision_of(const json& test)
{
  std::string words = test.at("decision");
  if (test.contains("cause")) words += " " + test["cause"].get<std::string>();
  if (test.value("cut_off", false)) words += " cut-off";
  return words;
}

void add_event(const json& event, SluiceResult& result)
{
  const std::string kind = event.value("event", "");
  if (kind == "test_planned") result.planned[text_of(event.at("test"))] = decision_of(event);
  if (kind == "test_started") result.started.push_back(text_of(event.at("test")));
  if (kind == "test_finished" && event.at("attempt") == 1)
    result.outcomes[text_of(event.at("test"))] = event.at("outcome");
  if (kind != "run_finished") return;
  result.status = event.at("status");
  if (event.contains("reasons"))
    for (const json& reason : event["reasons"]) result.reasons.push_back(text_of(reason));
}

} // namespace

std::vector<std::string> to_run(const Decisions& decisions)
{
  std::vector<std::string> ids;
  for (const auto& [id, decision] : decisions)
    if (decision.starts_with("run")) ids.push_back(id);
  return ids;
}

std::vector<std::string> run_folders(const std::string& repository)
{
  std::vector<std::string> folders;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(repository + "/.sluice/runs", ignored))
    folders.push_back(entry.path().string());
  std::sort(folders.begin(), folders.end());
  return folders;
}

SluiceResult read_run(const std::string& folder)
{
  SluiceResult result;
  result.folder = folder;
  result.junit = slurp(folder + "/junit.xml");
  std::istringstream log(slurp(folder + "/events.ndjson"));
  for (std::string line; std::getline(log, line);) {
    const json event = json::parse(line, nullptr, false);
    if (event.is_object()) add_event(event, result);
  }
  return result;
}

RunningSluice::RunningSluice(pid_t pid, std::string repository, std::string words, std::vector<std::string> known)
  : pid_(pid), repository_(std::move(repository)), words_(std::move(words)), known_(std::move(known))
{
}

RunningSluice::RunningSluice(RunningSluice&& other) noexcept
  : pid_(std::exchange(other.pid_, 0)), repository_(std::move(other.repository_)), words_(std::move(other.words_)),
    known_(std::move(other.known_))
{
}

RunningSluice::~RunningSluice()
{
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void RunningSluice::signal(int number) const
{
  ::kill(pid_, number);
}

SluiceResult RunningSluice::wait()
{
  int status = 0;
  ::waitpid(std::exchange(pid_, 0), &status, 0);
  SluiceResult result;
  for (const std::string& folder : run_folders(repository_))
    if (std::find(known_.begin(), known_.end(), folder) == known_.end()) result = read_run(folder);
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.out = slurp(words_ + "/out");
  result.err = slurp(words_ + "/err");
  fs::remove_all(words_);
  return result;
}

Sluice& Sluice::with(const std::string& name, const std::string& value)
{
  environment_[name] = value;
  return *this;
}

Sluice& Sluice::after(const std::string& text)
{
  prelude_ += text + "; ";
  return *this;
}

Sluice& Sluice::without_namespaces()
{
  wrapper_ = "unshare --user --map-root-user sh -c 'echo 0 >/proc/sys/user/max_mnt_namespaces; exec \"$@\"' sh ";
  return *this;
}

RunningSluice Sluice::start(const std::vector<std::string>& words)
{
  const std::string folder = new_folder();
  std::string text = prelude_ + "exec " + wrapper_ + "env -u GTEST_FILTER";
  for (const auto& [name, value] : environment_) text += " " + shell_quoted(name + "=" + value);
  text += " " + shell_quoted(SLUICE_BINARY);
  for (const std::string& word : words) text += " " + shell_quoted(word);
  text += " </dev/null >" + folder + "/out 2>" + folder + "/err";
  text = "cd " + shell_quoted(repository_) + " && " + text;
  std::vector<std::string> known = run_folders(repository_);
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error("fork failed");
  if (pid == 0) {
    ::execl("/bin/bash", "bash", "-c", text.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
  }
  return {pid, repository_, folder, std::move(known)};
}

SluiceResult Sluice::command(const std::vector<std::string>& words)
{
  return start(words).wait();
}

SluiceResult Sluice::run(std::vector<std::string> words)
{
  words.insert(words.begin(), {"run", "--plain"});
  return command(words);
}

Decisions Sluice::plan(std::vector<std::string> words)
{
  words.insert(words.begin(), {"plan", "--json"});
  const SluiceResult result = command(words);
  const json plan = json::parse(result.out, nullptr, false);
  if (!plan.is_object()) throw std::runtime_error("sluice plan failed: " + result.err);
  Decisions decisions;
  for (const json& test : plan.at("tests")) decisions[text_of(test.at("id"))] = decision_of(test);
  return decisions;
}

int junit_count(const std::string& xml, const std::string& name)
{
  const std::size_t element = xml.find("<testsuites");
  if (element == std::string::npos) return -1;
  const std::size_t at = xml.find(" " + name + "=\"", element);
  if (at == std::string::npos || at > xml.find('>', element)) return -1;
  return std::atoi(xml.c_str() + at + name.size() + 3);
}

bool appears(const std::string& file)
{
  std::error_code missing;
  for (int i = 0; i < 3000; ++i) {
    if (fs::file_size(file, missing) > 0 && !missing) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

std::pair<int, std::string> shell(const std::string& command)
{
  std::FILE* pipe = ::popen(("(" + command + ") 2>&1").c_str(), "r");
  if (!pipe) return {-1, "cannot start a shell"};
  std::string output;
  char buffer[4096];
  for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) output.append(buffer, n);
  const int status = ::pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), output};
}

} // namespace sluice::tests
