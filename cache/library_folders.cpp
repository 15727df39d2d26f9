#include "cache/library_folders.h"

#include <elf.h>
#include <glob.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <unordered_set>

namespace sluice::cache {

namespace {

namespace fs = std::filesystem;

constexpr int k_deepest_include = 8;

struct Platform {
  int machine;
  int width;
  std::string_view triplet; // Debian's multi-arch name
  std::string_view folder;  // elsewhere: "lib64"
};

constexpr std::array<Platform, 8> k_platforms{{
  {EM_X86_64, ELFCLASS64, "x86_64-linux-gnu", "lib64"},
  {EM_X86_64, ELFCLASS32, "x86_64-linux-gnux32", "libx32"},
  {EM_386, ELFCLASS32, "i386-linux-gnu", "lib32"},
  {EM_AARCH64, ELFCLASS64, "aarch64-linux-gnu", "lib64"},
  {EM_ARM, ELFCLASS32, "arm-linux-gnueabihf", "lib"},
  {EM_RISCV, ELFCLASS64, "riscv64-linux-gnu", "lib64"},
  {EM_PPC64, ELFCLASS64, "powerpc64le-linux-gnu", "lib64"},
  {EM_S390, ELFCLASS64, "s390x-linux-gnu", "lib64"},
}};

const Platform* platform_of(int machine, int width)
{
  for (const Platform& platform : k_platforms)
    if (platform.machine == machine && platform.width == width) return &platform;
  return nullptr;
}

void read_configuration(const std::string& file, int depth, std::vector<std::string>& folders)
{
  if (depth > k_deepest_include) return;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    for (std::string word; words >> word;) {
      if (word != "include") {
        if (word.front() == '/') folders.push_back(word);
        continue;
      }
      std::string pattern;
      words >> pattern;
      if (!pattern.empty() && pattern.front() != '/') pattern = fs::path(file).parent_path() / pattern;
      glob_t found{};
      if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
        for (std::size_t i = 0; i < found.gl_pathc; ++i) read_configuration(found.gl_pathv[i], depth + 1, folders);
      }
      ::globfree(&found);
    }
  }
}

void replace_all(std::string& text, std::string_view from, std::string_view to)
{
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

bool names(const std::string& text, std::string_view word)
{
  return text.find("$" + std::string(word)) != std::string::npos ||
         text.find("${" + std::string(word) + "}") != std::string::npos;
}

void expand(std::string& text, std::string_view word, std::string_view to)
{
  replace_all(text, "${" + std::string(word) + "}", to);
  replace_all(text, "$" + std::string(word), to);
}

} // namespace

std::vector<std::string> split(std::string_view text, std::string_view separators)
{
  std::vector<std::string> pieces;
  if (text.empty()) return pieces;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find_first_of(separators, begin), text.size());
    pieces.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return pieces;
}

std::vector<std::string> system_library_folders(int machine, int width)
{
  std::vector<std::string> all;
  read_configuration("/etc/ld.so.conf", 0, all);
  if (const Platform* platform = platform_of(machine, width)) {
    for (const char* root : {"/lib/", "/usr/lib/"}) all.push_back(root + std::string(platform->triplet));
    for (const char* root : {"/", "/usr/"}) all.push_back(root + std::string(platform->folder));
  }
  for (const char* folder : {"/lib", "/usr/lib"}) all.emplace_back(folder);

  std::vector<std::string> folders;
  std::unordered_set<std::string> seen;
  for (std::string& folder : all) {
    std::error_code error;
    const fs::path real = fs::canonical(folder, error);
    if (!error && seen.insert(real.string()).second) folders.push_back(std::move(folder));
  }
  return folders;
}

std::vector<std::string> system_preload()
{
  std::vector<std::string> libraries;
  std::ifstream in("/etc/ld.so.preload");
  for (std::string line; std::getline(in, line);)
    for (std::string& word : split(line.substr(0, line.find('#')), " \t:"))
      if (!word.empty()) libraries.push_back(std::move(word));
  return libraries;
}

SearchPath expand_search_path(std::string_view text, std::string_view separators, const std::string& origin,
                              int machine, int width)
{
  SearchPath path;
  const Platform* platform = platform_of(machine, width);
  for (std::string& element : split(text, separators)) {
    expand(element, "ORIGIN", origin);
    if (names(element, "PLATFORM")) path.exact = false;
    if (!names(element, "LIB")) {
      path.folders.push_back(std::move(element));
      continue;
    }
    if (!platform) path.exact = false;
    // The loader has one of these built in; which one depends on the distribution.
    const std::string triplet = platform ? "lib/" + std::string(platform->triplet) : "lib";
    for (const std::string& library : {triplet, std::string(platform ? platform->folder : "lib"), std::string("lib")}) {
      std::string folder = element;
      expand(folder, "LIB", library);
      path.folders.push_back(std::move(folder));
    }
  }
  return path;
}

} // namespace sluice::cache
