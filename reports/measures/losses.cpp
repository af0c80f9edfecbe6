// SPDX-License-Identifier: MIT
#include <string_view>

#include "harness/measure.h"
#include "reports/measures/ledger.h"

/// Counts of what customers were told against what is there.
namespace interregnum {
namespace {

// Adds up one number over all that is sold, or over the one kind that is named.
template <class Count>
MeasureValue sum(Study const& study, std::string_view kind, Count count_of) {
    MeasureValue value;
    value.why_unknown = "nothing was written";
    for (Ledger const& ledger : study.of<ledgers_of>()) {
        if (kind.empty() ? !is_sale(ledger.kind) : ledger.kind != kind) continue;
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
    return sum(study, "", [](Ledger const& ledger) { return ledger.lost.size(); });
}
MeasureValue ghost(Study const& study) {
    return sum(study, "", [](Ledger const& ledger) { return ledger.ghosts.size(); });
}
MeasureValue duplicated(Study const& study) {
    return sum(study, "", [](Ledger const& ledger) { return ledger.doubled.size(); });
}
MeasureValue unknown_present(Study const& study) {
    return sum(study, "", [](Ledger const& ledger) { return ledger.unknown_present; });
}
MeasureValue unknown_absent(Study const& study) {
    return sum(study, "", [](Ledger const& ledger) { return ledger.unknown_absent; });
}
MeasureValue cache_lost(Study const& study) {
    return sum(study, "cache", [](Ledger const& ledger) { return ledger.lost.size(); });
}
MeasureValue carts_lost(Study const& study) {
    return sum(study, "carts", [](Ledger const& ledger) { return ledger.lost.size(); });
}

RegisterMeasure const registered_lost{
    {.name = "lost",
     .summary = "orders, tickets and vouchers that were acknowledged and are not there in the end",
     .unit = Unit::count,
     .compute = lost}};
RegisterMeasure const registered_ghost{
    {.name = "ghost",
     .summary = "orders, tickets and vouchers that failed for certain and are there all the same",
     .unit = Unit::count,
     .compute = ghost}};
RegisterMeasure const registered_duplicated{
    {.name = "duplicated",
     .summary = "orders, tickets and vouchers that are there more than once",
     .unit = Unit::count,
     .compute = duplicated}};
RegisterMeasure const registered_present{
    {.name = "unknown.present",
     .summary = "orders, tickets and vouchers without an answer that are there in the end",
     .unit = Unit::count,
     .compute = unknown_present}};
RegisterMeasure const registered_absent{
    {.name = "unknown.absent",
     .summary = "orders, tickets and vouchers without an answer that are not there in the end",
     .unit = Unit::count,
     .compute = unknown_absent}};
RegisterMeasure const registered_cache{
    {.name = "cache.lost",
     .summary = "acknowledged Redis writes that are not there in the end",
     .unit = Unit::count,
     .compute = cache_lost}};
RegisterMeasure const registered_carts{
    {.name = "carts.lost",
     .summary = "carts that were filled and are not there in the end",
     .unit = Unit::count,
     .compute = carts_lost}};

}  // namespace
}  // namespace interregnum
