// How the processes of a lane see the file system, as far as an observer must know it: a plain value that is filled
// when the lane's walls are planned (lane_plan.h). It knows nothing about mounts and namespaces. The empty value is
// that of a lane without walls: every name inside is the host's.
#pragma once

#include <string>
#include <vector>

namespace sluice::sandbox {

struct LaneView {
  // A folder that has another name on the host than inside, or that has an overlay over it, or that is writable. The
  // longest `inside` that is a whole-component prefix of a name wins.
  struct Place {
    std::string inside;
    std::string host;  // the tree as it is without the test's changes (an overlay's lower layer)
    std::string upper; // where the changes go; empty: there is no overlay, changes go to `host` itself or are refused
    bool writable = false; // matters without an overlay, when `guarded`
    friend bool operator==(const Place&, const Place&) = default;
  };
  std::vector<Place> places;

  // Names inside of folders that the lane made and nobody else sees (its /tmp, HOME, /dev/shm). Nothing in them is an
  // input, whatever the host has under these names.
  std::vector<std::string> private_folders;

  // Writing is refused except in private folders, overlays and writable places; trying it elsewhere is a finding.
  bool guarded = false;

  // The only reachable address is the lane's own loopback, so reaching it is no use of the network.
  bool own_network = false;

  friend bool operator==(const LaneView&, const LaneView&) = default;
};

} // namespace sluice::sandbox
