// SPDX-License-Identifier: MIT
#include "reports/measures/lost_tail.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "harness/base/units.h"

namespace interregnum {
namespace {

std::int64_t there_later(record::Record const& record, Ledger const& ledger, record::Offset until) {
    std::set<int> streams;
    for (auto const& stream : record.streams)
        if (kind_of(stream) == ledger.kind) streams.insert(stream.id);
    std::set<std::string> lost;
    for (auto const& attempt : ledger.lost) lost.insert(attempt.token);
    // Those that were under way together may have committed in any order.
    std::int64_t count = 0;
    for (auto const& attempt : record.attempts)
        if (streams.contains(attempt.stream) && attempt.outcome == record::Outcome::ok &&
            attempt.started > ledger.lost.front().finished && attempt.finished < until &&
            !lost.contains(attempt.token))
            ++count;
    return count;
}

std::optional<std::int64_t> wal_between(record::Record const& record, record::Offset from,
                                        record::Offset to) {
    record::ReplicationSeen const* before = nullptr;
    for (auto const& seen : record.replication) {
        if (seen.written < 0) continue;
        if (seen.at <= from) before = &seen;
        bool const same =
            before != nullptr && seen.node == before->node && seen.timeline == before->timeline;
        if (same && seen.asked >= to) return seen.written - before->written;
    }
    return {};
}

}  // namespace

LostTail lost_tail(record::Record const& record, Ledger const& ledger) {
    LostTail tail;
    if (ledger.lost.empty()) return tail;
    auto const first = ledger.lost.front().finished;
    for (auto const& fault : record.faults) {
        if (fault.stage != record::FaultStage::injecting || fault.at < first) continue;
        tail.before_fault = fault.at - first;
        break;
    }
    auto until = ledger.lost.back().started;
    if (tail.before_fault) until = std::max(until, first + *tail.before_fault);
    tail.there_later = there_later(record, ledger, until);
    // Its WAL was written before it was acknowledged.
    auto const begun = std::ranges::min(ledger.lost, {}, &record::Attempt::started).started;
    tail.wal_bytes = wal_between(record, begun, ledger.lost.back().finished);
    return tail;
}

std::string describe(LostTail const& tail) {
    std::string text = tail.there_later == 0
                           ? "a tail without a gap"
                           : fmt::format("a hole: {} that were acknowledged later are there",
                                         format_count(tail.there_later));
    if (tail.before_fault)
        text += fmt::format(", the oldest {:.3f} s before the fault",
                            std::chrono::duration<double>(*tail.before_fault).count());
    if (tail.wal_bytes)
        text += fmt::format(", in at most {} bytes of WAL", format_count(*tail.wal_bytes));
    return text;
}

}  // namespace interregnum
