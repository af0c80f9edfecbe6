// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/base/result.h"

namespace interregnum {

/// The shape of a partition: who no longer hears whom. Nodes that it does not name hear everybody.
class Cuts {
public:
    /// `receiver` no longer gets what `sender` sends.
    void cut(std::string const& receiver, std::string const& sender);
    /// Neither hears the other.
    void cut_both(std::string const& one, std::string const& other);

    [[nodiscard]] bool hears(std::string const& receiver, std::string const& sender) const;
    /// Whom a node no longer hears, by name.
    [[nodiscard]] std::vector<std::string> unheard_by(std::string const& receiver) const;
    [[nodiscard]] bool empty() const { return pairs_.empty(); }
    [[nodiscard]] std::size_t size() const { return pairs_.size(); }

private:
    std::set<std::pair<std::string, std::string>> pairs_;  ///< receiver, sender
};

/// One-way cuts, as seen from the first group: `in`, it hears nobody of the others; `out`, nobody
/// of the others hears it.
enum class Way { both, in, out };

/// Every node of one group against every node of each other group. One-way needs two groups.
[[nodiscard]] Cuts between_groups(std::vector<std::vector<std::string>> const& groups, Way way);

/// The first `size` nodes against the rest.
[[nodiscard]] std::vector<std::vector<std::string>> split_at(std::vector<std::string> const& nodes,
                                                             std::size_t size);

/// Two halves that do not hear each other, and `middle`, which hears all and is heard by all.
[[nodiscard]] Cuts bridge(std::vector<std::string> const& nodes, std::string const& middle);

/// The nodes in a ring; each hears only its nearest neighbours, as few as make a majority with
/// itself. So each sees a majority and no two see the same one. Needs at least four nodes: with
/// three, each one's neighbours are all the others.
[[nodiscard]] Result<Cuts> majorities_ring(std::vector<std::string> const& nodes);

/// Those of `nodes` that no longer have talks in both directions with a majority of `voters`
/// (themselves included, where they vote).
[[nodiscard]] std::vector<std::string> without_majority(Cuts const& cuts,
                                                        std::vector<std::string> const& nodes,
                                                        std::vector<std::string> const& voters);

}  // namespace interregnum
