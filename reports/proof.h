// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace interregnum {

/// The lines of proof of a finding: the first few of all that there is to show, and their number.
class Proof {
public:
    /// More prove nothing more, and make a report long.
    static constexpr std::size_t limit = 10;

    /// Counts one more, whose line `make` returns; it is called only for a line that is shown.
    template <class Make>
    void add(Make&& make) {
        if (++count_ <= static_cast<std::int64_t>(limit)) lines_.push_back(make());
    }
    /// How many were added.
    [[nodiscard]] std::int64_t count() const { return count_; }
    [[nodiscard]] std::vector<std::string> take() { return std::move(lines_); }

private:
    std::int64_t count_{};
    std::vector<std::string> lines_;
};

}  // namespace interregnum
