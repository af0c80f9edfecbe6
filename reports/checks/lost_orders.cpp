// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/check.h"
#include "reports/attempt_text.h"
#include "reports/expected.h"
#include "reports/measures/ledger.h"
#include "reports/measures/lost_tail.h"

namespace interregnum {
namespace {

std::string on_replicas(Ledger const& ledger) {
    if (!ledger.on_replicas.empty())
        return fmt::format("a replica still has {} of them",
                           format_count(static_cast<std::int64_t>(ledger.on_replicas.size())));
    return ledger.replicas_read ? "no replica has them" : "no replica was read";
}

std::vector<Finding> check(record::Record const& record) {
    auto const ledgers = ledgers_of(record);
    std::int64_t const total = lost_sales(ledgers);  // the limit is on all kinds together
    std::vector<Finding> findings;
    for (Ledger const& ledger : ledgers) {
        if (!is_sale(ledger.kind) || ledger.lost.empty()) continue;
        auto const& first = ledger.lost.front();
        auto const& last = ledger.lost.back();
        std::string sentence = fmt::format(
            "{} of {} acknowledged {} are not on {}: acknowledged from {} to {} into the run",
            format_count(static_cast<std::int64_t>(ledger.lost.size())),
            format_count(ledger.acknowledged), ledger.kind, ledger.source,
            show_instant(first.finished), show_instant(last.finished));
        sentence += "; " + on_replicas(ledger);
        sentence += "; " + describe(lost_tail(record, ledger));
        findings.push_back({.about = Class::durability,
                            .verdict = unless_allowed(record, "lost", total),
                            .check = "lost_orders",
                            .sentence = sentence,
                            .proof = describe_some(record, ledger.lost)});
    }
    return findings;
}

RegisterCheck const registered{
    {.name = "lost_orders",
     .summary = "every acknowledged order and ticket is there in the end",
     .check = check}};

}  // namespace
}  // namespace interregnum
