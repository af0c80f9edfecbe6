// SPDX-License-Identifier: MIT
#include <string>

#include "harness/measure.h"
#include "reports/measures/ledger.h"

/// Counts of what customers were told against what is there.
namespace interregnum {
namespace {

// Adds up one number over the kinds that live in PostgreSQL ("cache" apart: Redis answers before
// it replicates, so a loss there is expected and measured on its own).
template <class Count>
MeasureValue sum(Study const& study, bool cache, Count count_of) {
    MeasureValue value;
    value.why_unknown = "nothing was written";
    for (Ledger const& ledger : study.of<ledgers_of>()) {
        if ((ledger.kind == "cache") != cache) continue;
        if (!ledger.complete) {
            MeasureValue unknown;
            unknown.why_unknown = "there is no complete final read of " + ledger.kind;
            return unknown;
        }
        value.known = true;
        value.why_unknown.clear();
        value.best += static_cast<std::int64_t>(count_of(ledger));
    }
    value.at_least = value.at_most = value.best;
    return value;
}

MeasureValue lost(Study const& study) {
    return sum(study, false, [](Ledger const& ledger) { return ledger.lost.size(); });
}
MeasureValue ghost(Study const& study) {
    return sum(study, false, [](Ledger const& ledger) { return ledger.ghosts.size(); });
}
MeasureValue duplicated(Study const& study) {
    return sum(study, false, [](Ledger const& ledger) { return ledger.doubled.size(); });
}
MeasureValue unknown_present(Study const& study) {
    return sum(study, false, [](Ledger const& ledger) { return ledger.unknown_present; });
}
MeasureValue unknown_absent(Study const& study) {
    return sum(study, false, [](Ledger const& ledger) { return ledger.unknown_absent; });
}
MeasureValue cache_lost(Study const& study) {
    return sum(study, true, [](Ledger const& ledger) { return ledger.lost.size(); });
}

RegisterMeasure const registered_lost{
    {.name = "lost",
     .summary = "orders and tickets that were acknowledged and are not there in the end",
     .unit = Unit::count,
     .compute = lost}};
RegisterMeasure const registered_ghost{
    {.name = "ghost",
     .summary = "orders and tickets that failed for certain and are there all the same",
     .unit = Unit::count,
     .compute = ghost}};
RegisterMeasure const registered_duplicated{
    {.name = "duplicated",
     .summary = "orders and tickets that are there more than once",
     .unit = Unit::count,
     .compute = duplicated}};
RegisterMeasure const registered_present{
    {.name = "unknown.present",
     .summary = "orders and tickets without an answer that are there in the end",
     .unit = Unit::count,
     .compute = unknown_present}};
RegisterMeasure const registered_absent{
    {.name = "unknown.absent",
     .summary = "orders and tickets without an answer that are not there in the end",
     .unit = Unit::count,
     .compute = unknown_absent}};
RegisterMeasure const registered_cache{
    {.name = "cache.lost",
     .summary = "acknowledged Redis writes that are not there in the end",
     .unit = Unit::count,
     .compute = cache_lost}};

}  // namespace
}  // namespace interregnum
