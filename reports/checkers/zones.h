// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>

#include "reports/checkers/dense_ids.h"
#include "reports/checkers/register_op.h"

namespace interregnum::checkers {

/// Linearizability of one register to which no value is written twice, in O(n log n): Gibbons and
/// Korach, "Testing Shared Memories" (1997), 4.
///
/// The cluster of a value is its write and its reads; f is the first end and s the last begin among
/// them. If f < s the value was certainly there from f to s (a forward zone), else all of it could
/// happen at one instant between s and f (a backward zone). The register is linearizable if and
/// only if no two forward zones overlap and no backward zone lies within a forward one. A write
/// that may have happened ends never, and counts only if its value was read.
class Zones {
public:
    enum class Verdict : std::uint8_t { linearizable, broken, not_unique };
    struct Answer {
        Verdict verdict{Verdict::linearizable};
        std::optional<Found> found;
    };
    /// `not_unique`: a value is written twice (the initial one counts as written), or there is
    /// something else than reads and writes. Keeps its memory from call to call.
    [[nodiscard]] Answer check(std::span<RegisterOp const> ops, Value initial);

private:
    struct Cluster {
        std::uint32_t first_end{never};
        std::uint32_t last_begin{0};
        std::uint32_t first_ended{never};  ///< the operation (its place in `ops`) of `first_end`
        std::uint32_t last_begun{never};
        std::uint32_t write{never};
    };
    struct Zone {
        std::uint32_t from;
        std::uint32_t to;
        std::uint32_t cluster;
    };
    bool make_clusters(std::span<RegisterOp const> ops, Value initial);
    std::optional<Found> look_at_clusters(std::span<RegisterOp const> ops);
    std::optional<Found> look_at_zones(std::span<RegisterOp const> ops);
    static constexpr std::uint32_t initially =
        never - 1;  ///< as `write`: it was there from the begin

    DenseIds ids_;
    std::vector<Cluster> clusters_;
    std::vector<Zone> forward_;
    std::vector<Zone> backward_;
};

}  // namespace interregnum::checkers
