// Where the places of an enclosure really are, free of links: that is where something is mounted. It is asked anew for
// each command, since a command may leave a link by which the next would open a place that was never named.
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

// Parents come before what is in them, paths are free of links, `tree` is not set yet. Missing places are left out. So
// is a writable place that is reached by a link inside another writable place: a command could choose what is opened.
// Sockets that are bound in writable and dropped places right now become hidden places.
std::vector<EnclosedPlace> places_on_disk(const NamedPlaces& named);

} // namespace sluice::sandbox
