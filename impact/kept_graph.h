// A graph as bytes, with as much of its catalogue as reach() asks for: to be kept between calls and used where it lies.
// It does not know where the bytes are kept, nor whether they still speak of the present.
#pragma once

#include "impact/select.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::impact {

struct KeptGraph {
  ImpactGraph graph;
  Catalogue catalogue;                // of each test the id and the program, of each program the name
  std::vector<std::string> on_demand; // ReachOptions::on_demand
};

std::string encode(const ImpactGraph& graph, const Catalogue& catalogue, const std::vector<std::string>& on_demand);

// `bytes` begin at an address that is a multiple of eight and live as long as `owner`. nullopt if they are not a whole
// graph. Damage that leaves a graph which hangs together is not found.
std::optional<KeptGraph> decode(std::shared_ptr<const void> owner, std::string_view bytes);

} // namespace sluice::impact
