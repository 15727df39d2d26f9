// The figures of docs/design/git.md: CPU time (user and system, children included) of each way to answer the questions
// of adapters/git, on a repository made for it. No test: it asserts nothing and is built only on request.
//   measure_git FOLDER [FILES]
#include "adapters/git/index_file.h"
#include "adapters/git/repository.h"

#include <fmt/format.h>
#include <git2.h>

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

namespace {

constexpr int k_rounds = 11;
constexpr int k_files_in_folder = 50;
constexpr int k_commits = 20;

double cpu_ms()
{
  double sum = 0;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    ::getrusage(who, &usage);
    for (const timeval& time : {usage.ru_utime, usage.ru_stime})
      sum += static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
  }
  return sum;
}

void measure(const char* name, const std::function<void()>& work)
{
  std::vector<double> times;
  for (int round = 0; round < k_rounds; ++round) {
    const double before = cpu_ms();
    work();
    times.push_back(cpu_ms() - before);
  }
  std::sort(times.begin(), times.end());
  fmt::print("{:<58} {:8.1f} ms median {:8.1f} ms least\n", name, times[times.size() / 2], times.front());
}

void shell(const std::string& command)
{
  if (std::system(command.c_str()) != 0) fmt::print("failed: {}\n", command);
}

std::string file_name(int i)
{
  return fmt::format("src/d{:02}/m{:04}/file_{:06}.cpp", i / k_files_in_folder % 40, i / k_files_in_folder, i);
}

void write_commit(std::FILE* import, int number, const std::string& changes)
{
  fmt::print(import, "commit refs/heads/main\ncommitter A <a@example.org> {} +0000\ndata 1\nx\n{}", 1600000000 + number,
             number == 0 ? "" : "from refs/heads/main^0\n");
  std::fwrite(changes.data(), 1, changes.size(), import);
}

std::string inline_file(int i, const std::string& content)
{
  return fmt::format("M 100644 inline {}\ndata {}\n{}\n", file_name(i), content.size(), content);
}

// The history is imported in two steps, because a branch can be named as a parent only once it exists.
void make_repository(const std::string& folder, int files)
{
  shell("git init -q -b main '" + folder + "'");
  for (int number = 0; number <= k_commits; ++number) {
    std::string changes;
    for (int i = 0; number == 0 && i < files; ++i) changes += inline_file(i, fmt::format("int f_{}();\n", i));
    for (int i = 0; number > 0 && i < 10; ++i)
      changes += inline_file((number * 7919 + i * 101) % files, fmt::format("int g_{}_{};\n", number, i));
    std::FILE* import = ::popen(("git -C '" + folder + "' fast-import --quiet").c_str(), "w");
    if (!import) return;
    write_commit(import, number, changes);
    ::pclose(import);
  }
  shell("git -C '" + folder + "' reset -q --hard main && git -C '" + folder + "' gc -q && sleep 1 && git -C '" +
        folder + "' status --short");
}

void with_library(const std::string& folder, const std::function<void(git_repository*)>& work)
{
  git_libgit2_init();
  git_repository* repository = nullptr;
  if (git_repository_open(&repository, folder.c_str()) == 0) work(repository);
  git_repository_free(repository);
  git_libgit2_shutdown();
}

void library_range(git_repository* repository)
{
  git_object* from = nullptr;
  git_object* to = nullptr;
  git_diff* diff = nullptr;
  git_revparse_single(&from, repository, "HEAD~10^{tree}");
  git_revparse_single(&to, repository, "HEAD^{tree}");
  git_diff_tree_to_tree(&diff, repository, reinterpret_cast<git_tree*>(from), reinterpret_cast<git_tree*>(to), nullptr);
  git_diff_find_similar(diff, nullptr);
  git_diff_free(diff);
  git_object_free(from);
  git_object_free(to);
}

void library_status(git_repository* repository)
{
  git_status_options options{};
  git_status_options_init(&options, GIT_STATUS_OPTIONS_VERSION);
  options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS;
  git_status_list* list = nullptr;
  git_status_list_new(&list, repository, &options);
  git_status_list_free(list);
}

void library_index(git_repository* repository)
{
  git_index* index = nullptr;
  git_repository_index(&index, repository);
  git_index_free(index);
}

void measure_parser(const std::string& folder)
{
  std::ifstream in(folder + "/.git/index", std::ios::binary);
  const std::string index{std::istreambuf_iterator<char>(in), {}};
  measure("index: own reader, every entry", [&] { (void)sluice::git::parse_index(index, 20); });
  measure("index: own reader, hidden entries only",
          [&] { (void)sluice::git::parse_index(index, 20, sluice::git::Wanted::special_entries); });
}

} // namespace

int main(int count, char** arguments)
{
  if (count < 2) {
    fmt::print("measure_git FOLDER [FILES]\n");
    return 2;
  }
  const std::string folder = arguments[1];
  make_repository(folder, count > 2 ? std::atoi(arguments[2]) : 100000);
  const std::string git = "git -C '" + folder + "' ";
  using sluice::git::Repository;

  measure("history: libgit2 started, repository opened", [&] { with_library(folder, [](git_repository*) {}); });
  measure("history: git rev-parse", [&] { shell(git + "rev-parse HEAD > /dev/null"); });
  measure("history: git merge-base", [&] { shell(git + "merge-base HEAD~10 HEAD > /dev/null"); });
  measure("range: git diff-tree -r -M", [&] { shell(git + "diff-tree -r -M --raw -z HEAD~10 HEAD > /dev/null"); });
  measure("range: libgit2", [&] { with_library(folder, library_range); });
  measure("range: Repository::changes", [&] { (void)Repository::open(folder).changes({"HEAD~10", "HEAD"}); });
  measure("tree: git status", [&] { shell(git + "status --porcelain=v2 -z > /dev/null"); });
  measure("tree: libgit2", [&] { with_library(folder, library_status); });
  measure("tree: Repository::changes", [&] { (void)Repository::open(folder).changes({}); });
  measure("tree: Repository::files", [&] { (void)Repository::open(folder).files(); });
  measure("tree: Repository::snapshot", [&] { (void)Repository::open(folder).snapshot({}); });
  measure("index: git ls-files -s -v", [&] { shell(git + "ls-files -s -v -z > /dev/null"); });
  measure("index: libgit2", [&] { with_library(folder, library_index); });
  measure_parser(folder);
  std::ofstream(folder + "/.gitattributes") << "* text=auto\n";
  measure("tree: Repository::files with attributes that convert", [&] { (void)Repository::open(folder).files(); });
  return 0;
}
