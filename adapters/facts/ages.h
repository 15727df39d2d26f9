// Whether built files are at least as new as everything that they are made from, along the whole build graph.
// The rule of make, and ninja's without its exceptions (a step that found its output unchanged, a command line that
// differs): it may call stale what ninja would leave alone, so it only ever makes a plan wider. Reads no contents.
#pragma once

#include "model/facts.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace sluice::facts {

class Ages {
public:
  // Both references outlive this object. `root` is what relative names in the facts are relative to. `unbuilt` are
  // outputs of which not all inputs are known: they count as stale. `rewritten` are files that are known to have
  // changed since the build whatever their date says.
  Ages(const std::string& root, const Facts& facts, const std::vector<std::string>& unbuilt = {},
       const std::vector<std::string>& rewritten = {});

  // Empty when `path` is no output of the build or is fresh; else one line: "build/a is older than src/a.cpp".
  std::string why_stale(const std::string& path);

private:
  using Node = std::uint32_t;
  enum class Progress : std::uint8_t { untouched, open, done };
  struct State {
    Progress progress = Progress::untouched;
    bool stale = false;
    Node blame = 0; // the input that is newer, or the output itself when it is missing
    std::optional<std::filesystem::file_time_type> time;
  };

  void visit(Node start);
  void settle(Node node);

  const std::string& root_;
  const Facts& facts_;
  std::vector<std::vector<Node>> inputs_;
  std::vector<bool> group_;
  std::vector<bool> unbuilt_;
  std::vector<bool> rewritten_;
  std::vector<State> states_;
};

} // namespace sluice::facts
