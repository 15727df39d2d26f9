// The digest of what a native program or library can be seen to be when it runs: segments as the loader maps them.
// Left out: debug sections, symbol tables, the build id, and the header fields that say where the section table is,
// since these change with comments and with stripping; it is for tests that start no other program. Everything else in
// the file counts, although the loader does not map it: sections of unknown name and bytes appended after the last
// section (archives, resources) can be read by the program itself. Knows the ELF format through libelf; does not know
// paths.
#pragma once

#include "model/digest.h"

#include <cstdint>
#include <optional>

namespace sluice::cache {

class FileReader;

// nullopt when this is not a native executable or shared library, or is malformed: the caller then takes every byte.
std::optional<Digest> loaded_digest(FileReader& reader, std::uint64_t size);

} // namespace sluice::cache
