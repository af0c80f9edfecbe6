// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/check.h"
#include "reports/expected.h"
#include "reports/measures/ledger.h"
#include "reports/proof.h"

namespace interregnum {
namespace {

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
        Proof proof;
        for (Doubled const& doubled : ledger.doubled)
            proof.add([&] { return fmt::format("{}: {} rows", doubled.token, doubled.rows); });
        finding.proof = proof.take();
        findings.push_back(std::move(finding));
    }
    return findings;
}

RegisterCheck const registered{
    {.name = "duplicated_orders", .summary = "no order or ticket is there twice", .check = check}};

}  // namespace
}  // namespace interregnum
