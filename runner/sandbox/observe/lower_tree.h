// The file system as it was before the batch wrote to it, walked as the kernel walks it. Every name on the way is
// marked with what the batch used it for. Names are as seen inside the lane until they are handed out. It does not know
// what the batch's calls returned. Where the batch made symbolic links it therefore walks every way that the batch may
// have gone: an observation may name too much, never too little. Rules: docs/design/observation.md.
#pragma once

#include "model/observation.h"
#include "runner/sandbox/lane_view.h"
#include "runner/sandbox/observe/path_table.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <unordered_map>
#include <vector>

namespace sluice::sandbox {

enum class Kind : std::uint8_t {
  absent,
  folder,
  file,
  link,
  special, // device, socket, pipe
  own,     // in a private folder, or in a folder that was absent: made by the batch if it is there at all
  kernel,  // /proc, /sys, /dev
  closed,  // we may not look
};

// What a name was used for; a name may have several.
enum Mark : std::uint8_t {
  mark_read = 1,
  mark_looked = 2,
  mark_link = 4,
  mark_absent = 8,
  mark_listed = 16,
  mark_written = 32,
};

using NodeId = std::uint32_t;

// Where a walk starts: folders are absolute, free of links, without "/" at the end ("" is the root).
struct WalkStart {
  std::string_view folder; // for relative names
  std::string_view root;   // what "/" means
  pid_t pid = 0;           // whose /proc/self it is; 0: not known any more, and a gap if it matters
};

enum class FollowLast : bool { no, yes };

class LowerTree {
public:
  void begin(const LaneView& view);

  // The names that `name` may lead to; the last one need not exist. Names passed on the way are marked. No result: the
  // kernel cannot get there. The result is valid until the next call.
  const std::vector<NodeId>& walk(const WalkStart& start, std::string_view name, FollowLast follow);

  // Same, for one of many names in a row that were asked for before any change that is not known here yet: a folder
  // that neighbours share is walked once. `seen`: what the batch found at the end of the name, which is believed if
  // nothing on the way was made by the batch.
  const std::vector<NodeId>& walk_noted(const WalkStart& start, std::string_view name, FollowLast follow,
                                        std::optional<Kind> seen);
  // Before the first of them.
  void begin_noted() { noted_.known = false; }

  Kind kind(NodeId node) const { return nodes_[node].kind; }
  std::string_view name(NodeId node) const { return names_[node]; }
  // The text of a link (kind link).
  std::string link_text(NodeId node) const;
  std::string host_name(NodeId node) const { return host_name(names_[node]); }
  bool may_write(NodeId node) const;
  // For a name in a folder that may go away, notes that the folder must exist.
  void look_at_folder_of(NodeId node);
  void mark(NodeId node, Mark mark) { nodes_[node].marks = static_cast<std::uint8_t>(nodes_[node].marks | mark); }

  // The batch is about to make `node` a link to `target`, or to move or copy what `from` is to `to`.
  // True if that is new: walks may now lead elsewhere.
  bool made_link(NodeId node, std::string_view target);
  bool moved(NodeId from, NodeId to);

  // The batch is about to replace all content of the file, or to remove it. If it succeeds, what it reads there later
  // is its own.
  void replacing(NodeId node);
  bool replaced(NodeId node) const;

  // Why something may be missing; empty: nothing.
  const std::string& gap() const { return gap_; }

  // Adds the lists, sorted.
  void report(Observation& observation) const;

private:
  struct Node {
    Kind kind = Kind::absent;
    std::uint8_t marks = 0;
  };
  struct Area {
    std::string inside;
    enum class What : std::uint8_t { place, own, kernel } what{};
    std::size_t place = 0;
  };
  struct Identity {
    ino_t inode;
    timespec changed;
  };
  struct Step;
  // The folder of the last noted name.
  struct NotedFolder {
    bool known = false;
    bool plain = false;    // no private folder, place or kernel's folder lies in it
    bool believed = false; // what was seen in it was there before the batch
    std::string start, text, name;
  };

  void see(const LaneView& view);
  const Area* area_of(std::string_view name) const;
  bool is_place(std::string_view name) const;
  bool leads_to_place(std::string_view name) const;
  std::string host_name(std::string_view name) const;
  NodeId node_at(std::string_view name);
  void look_at_folder(std::string_view name);
  Kind look(std::string_view name);
  bool enter_noted(const WalkStart& start, std::string_view text);
  bool untouched(std::string_view folder);
  void go(Step& step);
  void go_made_links(const Step& step, NodeId node, std::string_view parent);
  bool component(Step& step, std::string_view name);
  bool enter_kernel(Step& step, bool last);
  void end(NodeId node);

  const LaneView* view_ = nullptr;
  LaneView owned_view_;
  std::vector<Area> areas_;      // longest first
  bool has_other_names_ = false; // some places lie elsewhere on the host
  PathTable names_;
  std::vector<Node> nodes_;
  std::unordered_map<NodeId, std::vector<std::string>> made_links_;
  std::unordered_map<NodeId, Identity> replacing_;
  std::vector<NodeId> ends_;
  std::size_t ways_ = 0; // of the present walk
  NotedFolder noted_;
  std::string noted_name_; // reused
  std::string gap_;
};

// Where a link of /proc leads ("/proc/self/fd/3"): the name on the host's /proc through which to read or open it. Empty
// for a name that is no such link.
std::string magic_link(std::string_view name, pid_t pid);

} // namespace sluice::sandbox
