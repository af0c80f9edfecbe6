// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/fitness/item.h"

namespace interregnum {

/// One item as it was judged.
struct JudgedItem {
    std::string_view name;
    ItemResult result;
};

/// Whether a cluster is fit for production.
struct Fitness {
    std::vector<JudgedItem> items;  ///< all that there are, by name; empty: nobody looked

    /// No finding says stop. What is not known does not make it unfit; it is counted and shown.
    [[nodiscard]] bool fit() const;
    [[nodiscard]] std::size_t count(Severity severity) const;
    [[nodiscard]] std::size_t not_known() const;  ///< items of which something is not known
};

/// Judges by every registered item that was asked for.
[[nodiscard]] Fitness judge_fitness(ClusterFacts const& facts);

/// Findings, worst first, each with consequence and remedy; then what is not known; then a count
/// for each area; last whether it is fit. "" when nobody looked.
[[nodiscard]] std::string fitness_text(Fitness const& fitness, std::string_view cluster);

/// The same as a JSON object's text.
[[nodiscard]] std::string fitness_json(Fitness const& fitness);

}  // namespace interregnum
