// Opens the store's file, whatever state it is in: creates it, migrates it, or sets it aside and creates it anew.
// It knows paths, locks and versions, no table. A lock file serialises creation, migration and setting aside between
// processes; opening a healthy store takes no lock.
#pragma once

#include "cache/schema.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace sluice::cache {

class Database;

struct StoreFile {
  std::unique_ptr<Database> database;
  std::string notice;      // empty, or one line: why the previous file was set aside and under which name
  std::uint64_t inode = 0; // of the file that was opened
};

// Opens `directory`/store.db. A folder that is made here ignores itself in git. Error{world} when the folder or the
// file cannot be written.
StoreFile open_store_file(const std::string& directory, std::span<const Migration> list);

// After an operation on `damaged` failed as damaged: closes it, sets the file aside (unless another process has already
// replaced it) and opens the new one.
StoreFile replace_damaged_store(const std::string& directory, StoreFile damaged, std::span<const Migration> list);

} // namespace sluice::cache
