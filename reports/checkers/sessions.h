// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "harness/history_model.h"
#include "reports/checkers/history.h"
#include "reports/checkers/register_op.h"

namespace interregnum::checkers {

/// What each client may rely on, whichever replica answers it (Terry and others, "Session
/// guarantees for weakly consistent replicated data", 1994). Values are versions: whole numbers
/// that grow with every write of a key; nil is before all. A client whose operation ended unknown
/// goes on as another one. Writes of unknown outcome promise nothing until they are seen.
struct SessionsAnswer {
    HistoryVerdict verdict{HistoryVerdict::valid};
    std::uint64_t reads{};
    std::uint64_t sessions{};
    std::uint64_t read_your_writes{};     ///< a read older than an own acknowledged write
    std::uint64_t monotonic_reads{};      ///< a read older than an earlier one
    std::uint64_t monotonic_writes{};     ///< a write not newer than an own earlier one
    std::uint64_t writes_follow_reads{};  ///< a write not newer than what had been read
    std::vector<Found> found;
};

[[nodiscard]] SessionsAnswer check_sessions(History const& history);

}  // namespace interregnum::checkers
