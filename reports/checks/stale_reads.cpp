// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/check.h"
#include "reports/attempt_text.h"
#include "reports/measures/primaries.h"
#include "reports/measures/read_sessions.h"
#include "reports/proof.h"

/// Reads that no PostgreSQL may answer so, whichever pool they came through:
///   - by the primary, without an order that it had itself acknowledged, on the same timeline,
///     before the read began, and that is there in the end (read your writes, and everybody
///     else's);
///   - older than an earlier one of the same client on the same kept connection to the same server
///     (monotonic reads): a standby's replay only goes forward, and a rewind ends its connections.
/// A read of a standby may be behind, and a client who is led from one standby to another may go
/// back: that is what asynchronous replicas are, and measured (`read.staleness.*`,
/// `read.went_back`).
namespace interregnum {
namespace {

std::vector<OnPrimary> reads_of_primaries(record::Record const& record) {
    Primaries const primaries(record);
    std::vector<OnPrimary> reads;
    for (auto const& attempt : record.attempts) {
        if (attempt.outcome != record::Outcome::ok || attempt.seen < 0) continue;
        std::int64_t const timeline =
            primaries.timeline(attempt.server, attempt.started, attempt.finished);
        if (timeline > 0) reads.push_back({.attempt = &attempt, .timeline = timeline});
    }
    return reads;
}

Finding finding(std::string sentence, Proof& proof) {
    return {.about = Class::safety,
            .verdict = Verdict::fail,
            .check = "stale_reads",
            .sentence = std::move(sentence),
            .proof = proof.take()};
}

std::vector<Finding> check(record::Record const& record) {
    Study const study(record);
    std::vector<Finding> findings;
    Proof missed;
    if (auto const sales = kept_sales(study))
        for (OutOfOrder const& pair : after_sales(*sales, reads_of_primaries(record)))
            if (pair.later->seen < pair.earlier->id)
                missed.add([&] {
                    return fmt::format("id {}: {}; then up to id {}: {}", pair.earlier->id,
                                       describe(record, *pair.earlier), pair.later->seen,
                                       describe(record, *pair.later));
                });
    if (missed.count() > 0)
        findings.push_back(
            finding(fmt::format("{} of the primary did not see an order that it had acknowledged",
                                plural(missed.count(), "read")),
                    missed));
    Proof back;
    for (WentBack const& one : went_back(record))
        if (one.same_connection)
            back.add([&] {
                return fmt::format("up to id {}: {}; then up to id {}: {}", one.earlier->seen,
                                   describe(record, *one.earlier), one.later->seen,
                                   describe(record, *one.later));
            });
    if (back.count() > 0)
        findings.push_back(
            finding(fmt::format("{} on a kept connection showed an older state than the read "
                                "before it",
                                plural(back.count(), "read")),
                    back));
    return findings;
}

RegisterCheck const registered{
    {.name = "stale_reads",
     .summary = "the primary shows all it acknowledged, and no kept connection goes back in time",
     .check = check}};

}  // namespace
}  // namespace interregnum
