// Where the places that an enclosure is described by really are, which is where something is mounted. Asked for each
// command: what one leaves behind may be a link by which the next would open what was never named.
// It mounts nothing.
#pragma once

#include "runner/sandbox/fd.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sluice::sandbox {

struct NamedPlaces {
  std::vector<std::string> writable, dropped, read_only, hidden; // as in EnclosureSpec
  std::vector<std::pair<std::string, std::string>> replaced{}, masked{};
};

enum class PlaceKind : std::uint8_t { writable, dropped, read_only, hidden };

struct EnclosedPlace {
  std::string path;
  PlaceKind kind{};
  bool folder = true;
  std::string source{}; // what is shown there; empty: what is there
  Fd tree;              // what is mounted there, as it is before anything is covered; none for an empty folder
};

// Parents before what is in them, paths free of links, no trees yet. What is not there is left out, and so is a
// writable place to which a link leads that lies in another one: whoever writes there would decide what is opened.
// Sockets that are bound in writable and dropped places right now are hidden places, too.
std::vector<EnclosedPlace> places_on_disk(const NamedPlaces& named);

} // namespace sluice::sandbox
