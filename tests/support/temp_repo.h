// A scratch git repository for one test: real git, fixed identity and dates, no configuration but its own.
// Removed at the end like TempDir, kept when the test has failed.
#pragma once

#include "tests/support/temp_dir.h"

#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::tests {

// Bytes that a shell takes as one word.
inline std::string shell_quoted(std::string_view word)
{
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

class TempRepo {
public:
  struct Author {
    std::string name = "Ada Lovelace";
    std::string email = "ada@example.org";
  };

  // `init_options` are given to git init ("--bare", "--object-format=sha256").
  explicit TempRepo(std::vector<std::string> init_options = {}) : path_(dir_ / "repo")
  {
    std::filesystem::create_directories(path_);
    init_options.insert(init_options.begin(), {"init", "-q", "-b", "main"});
    run(init_options);
  }
  // A path beside the repository, for clones and linked worktrees; removed with it.
  std::string sibling(std::string_view name) const { return dir_ / name; }

  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

  void write(std::string_view name, std::string_view content) const
  {
    const std::filesystem::path file = *this / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
  }
  std::string read(std::string_view name) const
  {
    std::ifstream in(*this / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void remove(std::string_view name) const { std::filesystem::remove_all(*this / name); }
  void rename(std::string_view from, std::string_view to) const
  {
    std::filesystem::create_directories(std::filesystem::path(*this / to).parent_path());
    std::filesystem::rename(*this / from, *this / to);
  }

  // Stages everything and commits it, also when nothing changed; returns the commit's id. Each commit is one minute
  // later than the one before.
  std::string commit(std::string_view message) const { return commit(message, Author{}); }
  std::string commit(std::string_view message, const Author& author) const
  {
    run({"add", "--all"});
    return commit_staged(message, author);
  }
  std::string commit_staged(std::string_view message, const Author& author) const
  {
    run({"-c", "user.name=" + author.name, "-c", "user.email=" + author.email, "commit", "-q", "--allow-empty",
         "--cleanup=verbatim", "-m", std::string(message)});
    return run({"rev-parse", "HEAD"});
  }

  // What git prints, without the final newline; throws when git fails.
  std::string run(const std::vector<std::string>& arguments) const { return run_in(path_, arguments); }
  std::string run_in(const std::string& folder, const std::vector<std::string>& arguments) const
  {
    std::string command = "cd " + shell_quoted(folder) + " && " + environment() + " git";
    for (const std::string& word : arguments) command += " " + shell_quoted(word);
    return shell(command);
  }

private:
  std::string environment() const
  {
    const std::string date = "'" + std::to_string(k_first_date + 60 * clock_++) + " +0000'";
    std::string text =
      "env -u GIT_DIR -u GIT_INDEX_FILE -u GIT_WORK_TREE GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null";
    for (const char* who : {"AUTHOR", "COMMITTER"}) {
      text += std::string(" GIT_") + who + "_DATE=" + date;
    }
    return text + " GIT_CONFIG_COUNT=4 GIT_CONFIG_KEY_0=user.name GIT_CONFIG_VALUE_0='Ada Lovelace'"
                  " GIT_CONFIG_KEY_1=user.email GIT_CONFIG_VALUE_1=ada@example.org"
                  " GIT_CONFIG_KEY_2=protocol.file.allow GIT_CONFIG_VALUE_2=always"
                  " GIT_CONFIG_KEY_3=commit.gpgsign GIT_CONFIG_VALUE_3=false";
  }

  static std::string shell(const std::string& command)
  {
    std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
    if (!pipe) throw std::runtime_error("cannot run: " + command);
    std::string output;
    char buffer[4096];
    for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) output.append(buffer, n);
    if (::pclose(pipe) != 0) throw std::runtime_error(command + "\n" + output);
    if (!output.empty() && output.back() == '\n') output.pop_back();
    return output;
  }

  static constexpr int k_first_date = 1700000000;

  TempDir dir_;
  std::string path_;
  mutable int clock_ = 0;
};

} // namespace sluice::tests
