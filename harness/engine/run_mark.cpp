// SPDX-License-Identifier: MIT
#include "harness/engine/run_mark.h"

#include <cstdint>

#include <fmt/format.h>
#include <unistd.h>

namespace interregnum {

std::string run_mark(std::string const& run_id) {
    // FNV-1a (Fowler, Noll, Vo; draft-eastlake-fnv), with its basis and prime for 32 bits.
    std::uint32_t hash = 2166136261U;
    for (char const letter : fmt::format("{} {}", run_id, ::getpid())) {
        hash ^= static_cast<unsigned char>(letter);
        hash *= 16777619U;
    }
    return fmt::format("r{:08x}", hash);
}

}  // namespace interregnum
