// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "harness/history_model.h"
#include "reports/checkers/history.h"
#include "reports/checkers/register_op.h"

namespace interregnum::checkers {

/// 0, 50th, 95th, 99th and 100th percentile, in milliseconds.
using Latencies = std::array<std::int64_t, 5>;

/// What became of the elements of a set to which clients added while others read it whole.
///
/// An element is *known* when its add is acknowledged or a read that has it ends, whichever is
/// first. Reads are compared by the time they began. *Stable*: the latest read that had it is later
/// than the latest one without. *Lost*: known, the latest read without it is later than the latest
/// one with it, and began after it was known. *Never read*: the rest. A read says nothing of what
/// began to be added after it had ended. (These are the terms of jepsen.checker/set-full. Beyond
/// it, an element twice in one read, one whose add failed, and one that nobody added are wrong.
/// And the verdict is unknown not only where no element is stable: what was acknowledged after the
/// last read had begun may be there or not, so nobody knows it unless something is wrong anyway.)
struct SetFullAnswer {
    HistoryVerdict verdict{HistoryVerdict::valid};
    std::uint64_t elements{};
    std::uint64_t acknowledged{};
    std::uint64_t reads{};
    std::uint64_t stable{};
    std::uint64_t stale{};  ///< stable, but missing for a millisecond or more after it was known
    std::uint64_t never_read{};
    std::uint64_t later{};  ///< of these: acknowledged, and nobody looked since
    std::uint64_t duplicated{};
    std::uint64_t aborted{};        ///< read, though its add had failed
    std::uint64_t unexpected{};     ///< read, though nobody added it
    std::vector<Value> lost;        ///< in the order they were added
    std::vector<Value> stale_ones;  ///< the first of them
    bool timed{false};              ///< the history has times, so there are latencies
    Latencies stable_ms{};
    Latencies lost_ms{};
    std::vector<Found> found;
};

[[nodiscard]] SetFullAnswer check_set_full(History const& history);

/// A set that is read at the end: what was acknowledged before the last read began must be in it.
/// What was acknowledged later, and is not in it, may be there or not: unless something is wrong
/// anyway the verdict is unknown then.
struct SetAnswer {
    HistoryVerdict verdict{HistoryVerdict::valid};
    std::uint64_t attempts{};
    std::uint64_t acknowledged{};
    std::vector<Value> ok;          ///< attempted and read
    std::vector<Value> lost;        ///< acknowledged and not read
    std::uint64_t later{};          ///< acknowledged after the read had begun, and not in it
    std::vector<Value> recovered;   ///< not acknowledged and read
    std::vector<Value> unexpected;  ///< read and not attempted
    std::uint64_t duplicated{};
    std::uint64_t aborted{};  ///< of the recovered, those whose adds failed
    std::vector<Found> found;
};

[[nodiscard]] SetAnswer check_set(History const& history);

}  // namespace interregnum::checkers
