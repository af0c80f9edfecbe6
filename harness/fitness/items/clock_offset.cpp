// SPDX-License-Identifier: MIT
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "harness/fitness/item.h"

namespace interregnum {
namespace {

constexpr std::int64_t most_us = 50'000;

/// Nodes are compared with each other: the controller's own clock may be the wrong one. Each
/// offset is to the controller, with its error.
void judge(ClusterFacts const& facts, ItemResult& result) {
    struct Known {
        std::string_view node;
        std::int64_t offset_us;
        std::int64_t error_us;
    };
    std::vector<Known> known;
    for (FitnessNode const& node : facts.nodes) {
        if (!result.needs(node, "clock")) continue;
        auto const offset = node.facts.number("clock.offset_us");
        auto const error = node.facts.number("clock.error_us");
        if (offset && error) known.push_back({node.name, *offset, *error});
    }
    std::set<std::string> slow;  // of two whose errors are too large together, the one with more
    // Each with each: two may be on either side of a third, and near to that.
    for (std::size_t first = 0; first < known.size(); ++first)
        for (std::size_t second = first + 1; second < known.size(); ++second) {
            Known const& here = known[first];
            Known const& there = known[second];
            std::int64_t const apart = std::abs(there.offset_us - here.offset_us);
            std::int64_t const error = there.error_us + here.error_us;
            if (apart - error > most_us)
                result.warn(fmt::format("the clocks of {} and {} are {:.3f} s apart (+- {:.3f})",
                                        here.node, there.node, static_cast<double>(apart) / 1e6,
                                        static_cast<double>(error) / 1e6),
                            "Patroni's loops go by the clock: a step back holds them up, a step "
                            "forward ends locks; carts end early or late",
                            "chrony on all nodes, with one source");
            else if (error > most_us)
                slow.emplace(here.error_us < there.error_us ? there.node : here.node);
        }
    for (std::string const& node : slow)
        result.unknown(fmt::format("{}: the way is too slow to tell its clock to {} ms", node,
                                   most_us / 1000));
}

RegisterFitnessItem const registered{
    {.name = "clock.offset", .summary = "the clocks agree to 50 ms", .judge = judge}};

}  // namespace
}  // namespace interregnum
