// library: realpath() with the steps of glibc 2.36 (stdlib/canonicalize.c), so that it asks for the same names: glibc's
// own asks from inside, where nobody can stand in for it. Compilers ask thousands of times.
#include "runner/sandbox/fast_path/fast_library.h"

#include <cstddef>

extern "C" {
__attribute__((weak)) void __chk_fail();
__attribute__((weak)) void* malloc(std::size_t size);
}

namespace sluice::sandbox::fast {

namespace {

constexpr std::size_t k_longest = 4096; // PATH_MAX, its 0 included
constexpr int k_most_links = 40;
constexpr int k_too_long = -1;

void copy(char* to, const char* from, std::size_t size)
{
  for (std::size_t i = 0; i < size; ++i) to[i] = from[i];
}

std::size_t length(const char* text)
{
  std::size_t size = 0;
  while (text[size] != 0) ++size;
  return size;
}

// Whether what follows a component demands that it is a folder, though no further component would show that.
bool demands_folder(const char* rest)
{
  while (*rest == '/') {
    while (*rest == '/') ++rest;
    if (*rest == 0) return true;
    if (*rest++ != '.') return false;
    if (*rest == 0 || (*rest == '.' && (rest[1] == 0 || rest[1] == '/'))) return true;
  }
  return false;
}

struct Walk {
  char* made;           // free of links, ends without "/" but for the root
  std::size_t size = 0; // of that
  int links = 0;
  int error = 0; // k_too_long: our buffers do not suffice

  void up()
  {
    while (size > 1 && made[--size] != '/') {
    }
  }
};

const char* go_link(Walk& walk, const char* rest, std::size_t target_size, char* left, const char* target);

// False: it ends with an error.
bool add(Walk& walk, const char* component, std::size_t size)
{
  const std::size_t slash = walk.made[walk.size - 1] == '/' ? 0 : 1;
  if (walk.size + slash + size >= k_longest) {
    walk.error = k_too_long;
    return false;
  }
  if (slash) walk.made[walk.size++] = '/';
  copy(walk.made + walk.size, component, size);
  walk.size += size;
  walk.made[walk.size] = 0;
  return true;
}

long ask_link(const char* name, char* target)
{
  return path_call(AT_FDCWD, name, k_fast_keep, SYS_readlinkat, AT_FDCWD, word(name), word(target), k_longest - 1);
}

bool is_folder(Walk& walk)
{
  if (walk.size + 1 >= k_longest) {
    walk.error = k_too_long;
    return false;
  }
  walk.made[walk.size] = '/';
  walk.made[walk.size + 1] = 0;
  const long result =
    path_call(AT_FDCWD, walk.made, k_fast_ask, SYS_faccessat2, AT_FDCWD, word(walk.made), 0, AT_EACCESS);
  walk.made[walk.size] = 0;
  walk.error = result == 0 || result == -EOVERFLOW ? 0 : static_cast<int>(-result);
  return walk.error == 0;
}

// Goes on with what is left. `left` holds it from the first link on.
void go(Walk& walk, const char* rest, char* left, char* target)
{
  while (true) {
    while (*rest == '/') ++rest;
    const char* const begin = rest;
    while (*rest != 0 && *rest != '/') ++rest;
    const auto size = static_cast<std::size_t>(rest - begin);
    if (size == 0) return;
    if (size == 1 && begin[0] == '.') continue;
    if (size == 2 && begin[0] == '.' && begin[1] == '.') {
      walk.up();
      continue;
    }
    const std::size_t before = walk.size;
    if (!add(walk, begin, size)) return;
    const long got = ask_link(walk.made, target);
    if (got >= 0) {
      walk.size = before;
      rest = go_link(walk, rest, static_cast<std::size_t>(got), left, target);
      if (!rest) return;
      continue;
    }
    if (demands_folder(rest)) {
      if (!is_folder(walk)) return;
    } else if (got != -EINVAL) {
      walk.error = static_cast<int>(-got);
      return;
    }
  }
}

// What is left is the link's text and then the rest. Null: it ends with an error.
const char* go_link(Walk& walk, const char* rest, std::size_t target_size, char* left, const char* target)
{
  const std::size_t rest_size = length(rest);
  if (++walk.links > k_most_links) walk.error = ELOOP;
  else if (target_size + rest_size >= k_longest) walk.error = k_too_long;
  if (walk.error != 0) return nullptr;
  // `rest` may lie in `left`, before or behind its new place.
  if (left + target_size <= rest) {
    for (std::size_t i = 0; i <= rest_size; ++i) left[target_size + i] = rest[i];
  } else {
    for (std::size_t i = rest_size + 1; i > 0; --i) left[target_size + i - 1] = rest[i - 1];
  }
  copy(left, target, target_size);
  if (target_size > 0 && target[0] == '/') walk.size = 1;
  return left;
}

// 0, or an error. `made` has room for k_longest.
int resolve(const char* name, char* made, std::size_t& size)
{
  char left[k_longest], target[k_longest];
  Walk walk{made};
  if (name[0] == '/') {
    made[0] = '/';
    walk.size = 1;
  } else {
    const long got = raw_call(SYS_getcwd, word(made), k_longest);
    if (is_error(got)) return static_cast<int>(-got);
    if (made[0] != '/') return ENOENT; // out of reach
    walk.size = static_cast<std::size_t>(got) - 1;
  }
  go(walk, name, left, target);
  made[walk.size] = 0;
  size = walk.size;
  return walk.error;
}

char* real_path(const char* name, char* resolved)
{
  int error = 0;
  if (!name) error = EINVAL;
  else if (*name == 0) error = ENOENT;
  char here[k_longest];
  char* result = resolved;
  if (error == 0) {
    std::size_t size = 0;
    error = resolve(name, here, size);
    if (error == k_too_long) {
      using Resolve = char* (*)(const char*, char*);
      const auto next = next_function<Resolve>("realpath");
      if (next) return next(name, resolved);
      error = ENAMETOOLONG;
    }
    // Callers are given how far it came, too.
    if (!resolved && error == 0) {
      result = static_cast<char*>(malloc(size + 1));
      if (!result) error = ENOMEM;
    }
    if (result) copy(result, here, size + 1);
  }
  if (error == 0) return result;
  *__errno_location() = error;
  return nullptr;
}

} // namespace

} // namespace sluice::sandbox::fast

using namespace sluice::sandbox::fast;

SLUICE_INSTEAD char* realpath(const char* name, char* resolved) noexcept
{
  return real_path(name, resolved);
}

SLUICE_INSTEAD char* canonicalize_file_name(const char* name) noexcept
{
  return real_path(name, nullptr);
}

SLUICE_INSTEAD char* __realpath_chk(const char* name, char* resolved, std::size_t room) noexcept
{
  if (room < k_longest && __chk_fail) __chk_fail();
  return real_path(name, resolved);
}
