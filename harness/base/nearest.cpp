// SPDX-License-Identifier: MIT
#include "harness/base/nearest.h"

#include <algorithm>
#include <vector>

namespace interregnum {

namespace {

/// Damerau-Levenshtein distance in its "optimal string alignment" form: one edit for an
/// insertion, a deletion, a substitution, or a swap of neighbours.
std::size_t distance(std::string_view from, std::string_view to) {
    std::size_t const width = to.size() + 1;
    std::vector<std::size_t> table((from.size() + 1) * width);
    auto at = [&](std::size_t row, std::size_t column) -> std::size_t& {
        return table[row * width + column];
    };
    for (std::size_t row = 0; row <= from.size(); ++row) at(row, 0) = row;
    for (std::size_t column = 0; column <= to.size(); ++column) at(0, column) = column;
    for (std::size_t row = 1; row <= from.size(); ++row) {
        for (std::size_t column = 1; column <= to.size(); ++column) {
            std::size_t const change = from[row - 1] == to[column - 1] ? 0 : 1;
            at(row, column) = std::min({at(row - 1, column) + 1, at(row, column - 1) + 1,
                                        at(row - 1, column - 1) + change});
            bool const swapped = row > 1 && column > 1 && from[row - 1] == to[column - 2] &&
                                 from[row - 2] == to[column - 1];
            if (swapped) at(row, column) = std::min(at(row, column), at(row - 2, column - 2) + 1);
        }
    }
    return at(from.size(), to.size());
}

}  // namespace

std::string nearest(std::string_view word, std::span<std::string const> candidates) {
    constexpr std::size_t longest = 100;  // names are short; a hostile file's need not be
    if (word.size() > longest) return {};
    std::string best;
    std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (std::string const& candidate : candidates) {
        if (candidate.size() > longest) continue;
        std::size_t const apart = distance(word, candidate);
        if (apart < best_distance) {
            best_distance = apart;
            best = candidate;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view word, std::span<std::string const> candidates) {
    std::string const found = nearest(word, candidates);
    return found.empty() ? "" : " (did you mean \"" + found + "\"?)";
}

}  // namespace interregnum
