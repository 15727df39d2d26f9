// What a system call means for the lists of an observation: the mark that each name gets which the call may have
// reached. There is one function for each verb of path_calls.h that names files; docs/design/observation.md has the
// rules with their reasons. It knows nothing about processes or memory, nor whether a call succeeded.
#pragma once

#include "model/observation.h"
#include "runner/sandbox/observe/lower_tree.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::sandbox {

class Record {
public:
  void begin(const LaneView& view);

  // stat, access, chdir, O_PATH ...; readlink
  void ask(const WalkStart& start, std::string_view name, FollowLast follow);
  void open(const WalkStart& start, std::string_view name, std::uint64_t flags);
  void execute(const WalkStart& start, std::string_view name, FollowLast follow);
  void make(const WalkStart& start, std::string_view name);
  void make_link(const WalkStart& start, std::string_view name, std::string_view target);
  void remove(const WalkStart& start, std::string_view name);
  void alter(const WalkStart& start, std::string_view name, FollowLast follow);
  void cut(const WalkStart& start, std::string_view name);
  void connect(const WalkStart& start, std::string_view name);

  // The same for names that the batch noted itself, after begin_noted(); see LowerTree::walk_noted().
  void begin_noted() { tree_.begin_noted(); }
  void ask_noted(const WalkStart& start, std::string_view name, FollowLast follow, std::optional<Kind> seen);
  void open_noted(const WalkStart& start, std::string_view name, std::uint64_t flags);

  struct End {
    const WalkStart& start;
    std::string_view name;
  };
  void link(const End& from, FollowLast follow, const End& to);
  void rename(const End& from, const End& to);

  void find(FindingKind kind, std::string detail);
  // Something may be missing; the first reason is kept.
  void gap(std::string_view why);

  // The host's name of the one file (or folder) that the name leads to. Empty where it leads elsewhere: to nothing, to
  // what the lane has made, into /proc, where names mean something else for each process.
  std::string only_end(const WalkStart& start, std::string_view name, Kind kind);

  // Counts what changes the way that names lead: what was walked before may lead elsewhere now.
  std::uint32_t turns() const { return turns_; }

  Observation report() const;

private:
  const std::vector<NodeId>& walk(const WalkStart& start, std::string_view name, FollowLast follow);
  void opened(const std::vector<NodeId>& nodes, std::uint64_t flags);
  void asked(NodeId node);
  void read(NodeId node);
  void wrote(NodeId node);
  void made(NodeId node);
  void opened_to_write(NodeId node, std::uint64_t flags);
  void opened_device(std::string_view name);

  std::uint32_t turns_ = 0;
  LowerTree tree_;
  std::set<Finding> findings_;
  std::string gap_;
};

// Whether open() with these flags does nothing but read, so that asking twice is asking once.
bool only_reads(std::uint64_t open_flags);

} // namespace sluice::sandbox
