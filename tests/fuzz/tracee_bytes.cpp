// The bytes that a test chooses and the observer decodes: headers of programs, socket addresses, names.
#include "runner/sandbox/observe/lower_tree.h"
#include "runner/sandbox/observe/socket_address.h"
#include "runner/sandbox/program_header.h"
#include "tests/fuzz/fuzz_input.h"

#include <algorithm>
#include <string>
#include <vector>

using namespace sluice::sandbox;

void fuzz(std::string_view bytes)
{
  const ProgramHeader header = read_program_header(bytes);
  require(header.interpreter.size() <= 4096 && header.interpreter.find('\0') == std::string::npos);
  const SocketAddress address = read_socket_address(bytes.substr(0, k_most_address));
  require(address.reach != SocketAddress::Reach::path || address.text.find('\0') == std::string::npos);
  require(magic_link(bytes, 1).empty() || bytes.substr(0, 6) == "/proc/");

  // Two names, the first of which the test makes a link to the second.
  LowerTree tree;
  sluice::sandbox::LaneView view;
  view.private_folders = {"/tmp"};
  tree.begin(view);
  const std::string text(bytes.substr(0, bytes.find('\0')));
  const std::string other(bytes.substr(std::min(bytes.size(), text.size() + 1), 4095));
  const WalkStart start{"/usr/share", {}, 0};
  for (const NodeId node : std::vector<NodeId>(tree.walk(start, text, FollowLast::no))) tree.made_link(node, other);
  for (const NodeId node : tree.walk(start, text, FollowLast::yes)) require(tree.name(node).substr(0, 1) == "/");
  sluice::Observation observation;
  tree.report(observation);
}
