// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/check.h"
#include "reports/expected.h"
#include "reports/measures/ledger.h"

namespace interregnum {
namespace {

constexpr std::size_t proof_limit = 10;

std::vector<Finding> check(record::Record const& record) {
    auto const ledgers = ledgers_of(record);
    std::int64_t total = 0;
    for (Ledger const& ledger : ledgers)
        if (is_sale(ledger.kind)) total += static_cast<std::int64_t>(ledger.doubled.size());
    std::vector<Finding> findings;
    for (Ledger const& ledger : ledgers) {
        if (!is_sale(ledger.kind) || ledger.doubled.empty()) continue;
        Finding finding{.about = Class::safety,
                        .verdict = unless_allowed(record, "duplicated", total),
                        .check = "duplicated_orders",
                        .sentence = fmt::format("{} {} are on {} more than once",
                                                ledger.doubled.size(), ledger.kind, ledger.source)};
        for (Doubled const& doubled : ledger.doubled) {
            if (finding.proof.size() == proof_limit) break;
            finding.proof.push_back(fmt::format("{}: {} rows", doubled.token, doubled.rows));
        }
        findings.push_back(std::move(finding));
    }
    return findings;
}

RegisterCheck const registered{
    {.name = "duplicated_orders", .summary = "no order or ticket is there twice", .check = check}};

}  // namespace
}  // namespace interregnum
