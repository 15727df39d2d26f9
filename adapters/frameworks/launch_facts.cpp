#include "adapters/frameworks/launch_facts.h"

#include "adapters/frameworks/binary.h"
#include "model/path.h"

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <sys/stat.h>

namespace sluice::frameworks {

namespace {

constexpr std::size_t k_longest_path = PATH_MAX;

// The canonical form; empty when there is no such path.
std::string canonical(const std::string& path)
{
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  return real ? std::string(real.get()) : std::string();
}

// True for the first character behind a path in a longer text ("/src" is named by "/src:/x", not by "/src2").
bool ends_path(std::string_view text, std::size_t at)
{
  if (at >= text.size()) return true;
  const char next = text[at];
  const bool continues = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') || (next >= '0' && next <= '9') ||
                         next == '_' || next == '-' || next == '.';
  return !continues;
}

std::string normal(std::string_view path)
{
  // Most paths are normal already, and the standard library's way allocates for each component.
  const bool odd = path.find("//") != std::string_view::npos || path.find("/.") != std::string_view::npos;
  if (!odd) return std::string(path);
  std::string result = std::filesystem::path(path).lexically_normal().string();
  if (result.size() > 1 && result.ends_with('/')) result.pop_back();
  return result;
}

std::string resolved(std::string_view path, const std::string& folder)
{
  if (path.starts_with('/')) return normal(path);
  return normal(folder + "/" + std::string(path));
}

// Calls `visit` with each piece between any of `separators`.
template <typename Visit> void for_each_piece(std::string_view text, std::string_view separators, Visit visit)
{
  while (!text.empty()) {
    const std::size_t end = text.find_first_of(separators);
    visit(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
}

} // namespace

Stamp stamp_of(const std::string& path)
{
  return stamp_at(AT_FDCWD, path.c_str());
}

Stamp stamp_at(int folder, const char* name)
{
  struct stat status {};
  if (::fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return {};
  const auto nanoseconds = [](const timespec& time) {
    return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
  };
  return {status.st_mode, status.st_ino, static_cast<std::uint64_t>(status.st_size), nanoseconds(status.st_mtim),
          nanoseconds(status.st_ctim)};
}

std::string build_folder_above(std::string_view directory)
{
  std::string folder(directory);
  while (folder.ends_with('/')) folder.pop_back();
  while (folder.starts_with('/')) {
    for (const char* mark : {"/CMakeCache.txt", "/build.ninja"}) {
      if (!stamp_of(folder + mark).absent()) return folder;
    }
    folder.resize(folder.rfind('/'));
  }
  return {};
}

LaunchFacts::LaunchFacts(std::string root, std::string build)
  : root_(normal(root)), real_root_(canonical(root_)), build_(build.empty() ? build : normal(build)),
    real_build_(build_.empty() ? build_ : canonical(build_))
{
}

std::string LaunchFacts::named(std::string_view path) const
{
  for (const std::string* root : {&root_, &real_root_}) {
    if (lies_in(path, *root) && path.size() > root->size() + 1) return std::string(path.substr(root->size() + 1));
  }
  return std::string(path);
}

const std::string& LaunchFacts::real_folder(const std::string& folder)
{
  const auto [at, added] = real_folders_.try_emplace(folder);
  if (added) at->second = canonical(folder);
  return at->second;
}

std::string LaunchFacts::real_path(const std::string& path)
{
  const std::size_t slash = path.rfind('/');
  const Stamp stamp = stamp_of(path);
  if (stamp.absent() || slash == std::string::npos || slash == 0) return canonical(path);
  if (!S_ISREG(stamp.mode)) return canonical(path);
  const std::string& folder = real_folder(path.substr(0, slash));
  return folder.empty() ? std::string() : folder + path.substr(slash);
}

LaunchFacts::Place LaunchFacts::place_of(const std::string& path)
{
  // A build folder that holds the source tree, or is it, does not tell outputs from sources.
  const bool apart = !real_build_.empty() && !lies_in(real_root_, real_build_);
  if (apart && lies_in(path, real_build_)) return Place::build;
  return lies_in(path, real_root_) ? Place::source : Place::elsewhere;
}

void LaunchFacts::add_file(Program& program, const std::string& path)
{
  std::string name = named(path);
  if (std::find(program.files.begin(), program.files.end(), name) == program.files.end())
    program.files.push_back(std::move(name));
}

void LaunchFacts::settle(Program& program, std::vector<std::string>* looked_at)
{
  program.files.clear();
  Judgement judgement{program, looked_at, !real_root_.empty()};
  judge_program(judgement);
  const Launch& launch = program.launch;
  const std::string& folder = real_folder(launch.working_directory);
  if (folder.empty() || place_of(folder) == Place::source) judgement.closed = false;
  for (std::size_t i = 1; i < launch.arguments.size(); ++i) {
    const std::string& argument = launch.arguments[i];
    judge_text(judgement, argument);
    judge_path(judgement, argument);
    if (const std::size_t equals = argument.find('='); equals != std::string::npos)
      judge_path(judgement, std::string_view(argument).substr(equals + 1));
  }
  for (const EnvironmentChange& change : launch.environment) {
    if (change.action == EnvironmentChange::Action::unset) continue;
    judge_text(judgement, change.value);
    for_each_piece(change.value, ":;", [&](std::string_view piece) { judge_path(judgement, piece); });
  }
  program.closed = judgement.closed;
}

void LaunchFacts::judge_program(Judgement& judgement)
{
  const std::string& path = judgement.program.launch.arguments.front();
  if (judgement.looked_at) judgement.looked_at->push_back(path);
  const std::string real = real_path(path);
  if (real.empty()) {
    judgement.closed = false;
    return;
  }
  add_file(judgement.program, normal(path));
  if (real != path) add_file(judgement.program, real);
  if (place_of(real) != Place::build || !is_native(real) || !is_executable(real)) judgement.closed = false;
}

// A path into the source tree, anywhere in a text, says that the program may read sources. A path into the build
// folder in the middle of a text ("-I/b/x", "/b/x:/b/y") may name a folder, which judge_path would not see.
void LaunchFacts::judge_text(Judgement& judgement, std::string_view text)
{
  if (!judgement.closed) return;
  const std::size_t value = text.find('=') == std::string_view::npos ? 0 : text.find('=') + 1;
  for (const std::string* folder : {&root_, &real_root_, &build_, &real_build_}) {
    if (folder->empty()) continue;
    for (std::size_t at = text.find(*folder); at != std::string_view::npos; at = text.find(*folder, at + 1)) {
      if (!ends_path(text, at + folder->size())) continue;
      const std::string_view path = text.substr(at);
      const bool in_build = lies_in(path, build_) || lies_in(path, real_build_);
      if (!in_build || (at != 0 && at != value)) judgement.closed = false;
    }
  }
}

void LaunchFacts::judge_path(Judgement& judgement, std::string_view text)
{
  if (text.empty() || text.size() > k_longest_path || text.find('\0') != std::string_view::npos) return;
  const std::string path = resolved(text, judgement.program.launch.working_directory);
  if (judgement.looked_at) judgement.looked_at->push_back(path);
  if (stamp_of(path).absent()) return;
  const std::string real = real_path(path);
  struct stat status {};
  if (real.empty() || ::stat(real.c_str(), &status) != 0) return;
  if (S_ISDIR(status.st_mode)) {
    judgement.closed = false;
    return;
  }
  if (!S_ISREG(status.st_mode)) return;
  add_file(judgement.program, path);
  if (real != path) add_file(judgement.program, real);
  // A script of the build folder is run by somebody: nothing is known about what it reads.
  if (place_of(real) != Place::build || (is_executable(real) && !is_native(real))) judgement.closed = false;
}

} // namespace sluice::frameworks
