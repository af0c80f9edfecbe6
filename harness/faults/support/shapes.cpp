// SPDX-License-Identifier: MIT
#include "harness/faults/support/shapes.h"

#include <algorithm>

namespace interregnum {

void Cuts::cut(std::string const& receiver, std::string const& sender) {
    if (receiver != sender) pairs_.emplace(receiver, sender);
}

void Cuts::cut_both(std::string const& one, std::string const& other) {
    cut(one, other);
    cut(other, one);
}

bool Cuts::hears(std::string const& receiver, std::string const& sender) const {
    return !pairs_.contains({receiver, sender});
}

std::vector<std::string> Cuts::unheard_by(std::string const& receiver) const {
    std::vector<std::string> senders;
    for (auto const& [to, from] : pairs_)
        if (to == receiver) senders.push_back(from);
    return senders;
}

Cuts between_groups(std::vector<std::vector<std::string>> const& groups, Way way) {
    Cuts cuts;
    for (std::size_t first = 0; first < groups.size(); ++first)
        for (std::size_t second = first + 1; second < groups.size(); ++second)
            for (std::string const& one : groups[first])
                for (std::string const& other : groups[second]) {
                    if (way != Way::out) cuts.cut(one, other);
                    if (way != Way::in) cuts.cut(other, one);
                }
    return cuts;
}

std::vector<std::vector<std::string>> split_at(std::vector<std::string> const& nodes,
                                               std::size_t size) {
    auto const middle = nodes.begin() + static_cast<std::ptrdiff_t>(std::min(size, nodes.size()));
    return {{nodes.begin(), middle}, {middle, nodes.end()}};
}

Cuts bridge(std::vector<std::string> const& nodes, std::string const& middle) {
    std::vector<std::string> banks;
    std::ranges::copy_if(nodes, std::back_inserter(banks),
                         [&](std::string const& node) { return node != middle; });
    return between_groups(split_at(banks, banks.size() / 2), Way::both);
}

Result<Cuts> majorities_ring(std::vector<std::string> const& nodes) {
    std::size_t const count = nodes.size();
    if (count < 4)
        return fail(Error::Kind::invalid,
                    "a ring of majorities needs at least four nodes; with three, \"bridge\" is "
                    "the shape in which each still sees a majority");
    // Itself and `reach` neighbours on either side: the fewest that are more than half.
    std::size_t const reach = (count / 2 + 1) / 2;
    Cuts cuts;
    for (std::size_t one = 0; one < count; ++one)
        for (std::size_t other = one + 1; other < count; ++other) {
            std::size_t const steps = std::min(other - one, count - (other - one));
            if (steps > reach) cuts.cut_both(nodes[one], nodes[other]);
        }
    return cuts;
}

std::vector<std::string> without_majority(Cuts const& cuts, std::vector<std::string> const& nodes,
                                          std::vector<std::string> const& voters) {
    std::vector<std::string> lost;
    for (std::string const& node : nodes) {
        auto const seen = std::ranges::count_if(voters, [&](std::string const& voter) {
            return cuts.hears(node, voter) && cuts.hears(voter, node);
        });
        if (static_cast<std::size_t>(seen) * 2 <= voters.size()) lost.push_back(node);
    }
    return lost;
}

}  // namespace interregnum
