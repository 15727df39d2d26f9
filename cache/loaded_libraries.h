// Which shared libraries a native program loads at start, found as glibc's loader would find them, without running it.
// It does not know what dlopen() is called with. Where the answer depends on something that is not looked into (the
// loader's cache, the processor), every candidate is given: one library too many costs a run, one too few a miss.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::cache {

struct LoadedLibraries {
  // Absolute, all levels deep, in order of discovery, without the loader itself.
  std::vector<std::string> paths;
  // Where the loader would look before, or as well, and finds nothing now: if one of these appears, it may be loaded
  // instead. They are inputs like the libraries (absent ones).
  std::vector<std::string> absent;
  bool complete = true; // false: one was not found or the search cannot be followed; then nothing may be concluded
  bool native = false;  // false: not an ELF executable or library at all
};

// What decides a search besides the files.
struct LoaderSettings {
  std::string library_path;      // LD_LIBRARY_PATH
  std::string preload;           // LD_PRELOAD
  std::string working_directory; // absolute; empty: not known, then a search that needs it is not complete
};

struct KnownLibraries;
class FileDigests;
class Store;

// Remembers what it has read of each library, so that a thousand programs that load the same ones cost little. Files
// that change during its life may not be noticed. One thread at a time.
class LibraryFinder {
public:
  LibraryFinder();
  // What a dynamic section says is a function of the loaded content: with `digests` a file whose content was met
  // before, in an earlier run too, is not opened. Both outlive this object.
  LibraryFinder(Store& store, FileDigests& digests);
  ~LibraryFinder();

  // Order of search: DT_RPATH of the object and of those that loaded it (if it has no DT_RUNPATH), LD_LIBRARY_PATH,
  // DT_RUNPATH, then the folders of /etc/ld.so.conf and the standard ones, of which every match is given.
  // $ORIGIN and $LIB are expanded. /etc/ld.so.preload counts. Never throws for a malformed file: it is not complete.
  LoadedLibraries find(const std::string& path, const LoaderSettings& settings);

  // Writes what was learnt to the store, if there is one and anything was.
  void save();

private:
  std::unique_ptr<KnownLibraries> known_;
};

// For a single program.
LoadedLibraries loaded_libraries(const std::string& path, const std::string& library_path = {});

} // namespace sluice::cache
