// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/record/event.h"
#include "reports/measures/ledger.h"

namespace interregnum {

/// What kind of loss a ledger's is. Asynchronous replication that loses its leader loses the last
/// acknowledged writes before the fault, all of them from some point on: a tail. Later ones that
/// were acknowledged before the fault and are there make it a hole, which replication does not
/// explain.
struct LostTail {
    /// Begun after the first lost one was acknowledged, acknowledged before the last one began or
    /// the next fault did (whichever is later), and there.
    std::int64_t there_later{};
    /// From the acknowledgement of the oldest lost one to the next fault's begin; none when no
    /// fault began after it.
    std::optional<record::Offset> before_fault;
    /// WAL that one leader wrote from a look before the first was begun to a look after the last
    /// was acknowledged: an upper bound in bytes. None where no observer saw both on one timeline.
    std::optional<std::int64_t> wal_bytes;
};

/// Of a ledger with losses, which are in the order of their acknowledgement.
[[nodiscard]] LostTail lost_tail(record::Record const& record, Ledger const& ledger);

/// "a tail without a gap, the oldest 0.310 s before the fault, in at most 12,345 bytes of WAL".
[[nodiscard]] std::string describe(LostTail const& tail);

}  // namespace interregnum
