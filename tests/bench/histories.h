// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

namespace interregnum::bench {

/// What a file of a working thing's history is made of. Some of its operations end in `info`.
struct HistoryPlan {
    std::string kind;  ///< register, values, cas, sessions, bank, counter, quota, set-full
    std::uint64_t operations{};
    std::uint32_t clients{50};
    std::uint32_t keys{100};
    std::uint32_t unknown_every{50};  ///< one in so many has an unknown outcome
};

/// Writes it, line by line. Ends the program when the disk does not take it.
void write_history(HistoryPlan const& plan, std::string const& path);

}  // namespace interregnum::bench
