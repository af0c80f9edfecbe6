// SPDX-License-Identifier: MIT
#include <algorithm>
#include <bit>
#include <utility>

#include "reports/checkers/register_configurations.h"

namespace interregnum::checkers {

/// Whether `one` can do all that `other` can.
bool RegisterSearch::covers(std::span<std::uint64_t const> one,
                            std::span<std::uint64_t const> other) const {
    if (state(one) != state(other) || last_write(one) < last_write(other)) return false;
    for (std::size_t i = 1; i < words_; ++i) {
        std::uint64_t const differ = one[i] ^ other[i];
        if ((differ & ~(reads_[i] | optional_[i])) != 0 || (differ & reads_[i] & other[i]) != 0 ||
            (differ & optional_[i] & one[i]) != 0)
            return false;
    }
    return true;
}

bool RegisterSearch::prune() {
    constexpr std::size_t worth = 4096;  // beyond, comparing all pairs costs more than it saves
    if (now_.size() < 2 || now_.size() > worth) return true;
    // Only configurations of one value can cover each other.
    std::vector<std::uint32_t> order(now_.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {}, [this](std::uint32_t i) { return now_[i][0]; });
    std::vector<bool> covered(now_.size());
    for (std::size_t first = 0, last = 0; first < order.size(); first = last) {
        while (last < order.size() && state(now_[order[last]]) == state(now_[order[first]])) ++last;
        for (std::size_t i = first; i < last; ++i) {
            for (std::size_t j = first; j < last && !covered[order[i]]; ++j)
                covered[order[i]] =
                    i != j && !covered[order[j]] && covers(now_[order[j]], now_[order[i]]);
            if (!affordable((last - first) / 16)) return false;
        }
    }
    next_.clear();
    for (std::size_t i = 0; i < now_.size(); ++i)
        if (!covered[i]) next_.add(now_[i]);
    std::swap(now_, next_);
    return true;
}

/// Keeps the most promising: those that have used the fewest changes of unknown outcome, which
/// are gone for good, and of equal ones those that are ahead in what has to happen.
void RegisterSearch::narrow(std::size_t width) {
    if (now_.size() <= width) return;
    narrowed_ = true;
    std::vector<std::pair<int, std::uint32_t>> order(now_.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) {
        int spent = 0;
        int ahead = 0;
        for (std::size_t word = 1; word < words_; ++word) {
            spent += std::popcount(now_[i][word] & endless_[word]);
            ahead += std::popcount(now_[i][word] & ~endless_[word]);
        }
        // One change more weighs more than all that can be pending.
        order[i] = {spent * (1 << 16) - ahead, i};
    }
    std::ranges::nth_element(order, order.begin() + static_cast<std::ptrdiff_t>(width));
    order.resize(width);
    std::ranges::sort(order);
    next_.clear();
    for (auto const& [cost, i] : order) next_.add(now_[i]);
    std::swap(now_, next_);
}

}  // namespace interregnum::checkers
