// SPDX-License-Identifier: MIT
#include <map>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "harness/check.h"
#include "reports/attempt_text.h"
#include "reports/expected.h"
#include "reports/measures/final_tables.h"
#include "reports/measures/ledger.h"
#include "reports/proof.h"

/// An order's number that two customers were told: what had been acknowledged was lost with its
/// WAL, the sequence's position too, and the next customer was given the same number.
namespace interregnum {
namespace {

std::vector<Finding> check(record::Record const& record) {
    // All that is sold is in one table with one sequence, whoever sells it.
    std::set<int> sales;
    for (auto const& stream : record.streams)
        if (is_sale(kind_of(stream))) sales.insert(stream.id);
    std::map<std::int64_t, record::Attempt const*> told;
    std::set<std::string_view> acknowledged;  // also the second customers
    Proof proof;
    auto const add = [&](std::int64_t id, record::Attempt const& first, auto const& second) {
        proof.add([&] {
            return fmt::format("id {}: {}; then {}", id, describe(record, first), second());
        });
    };
    for (auto const& attempt : record.attempts) {
        if (attempt.outcome != record::Outcome::ok || attempt.id <= 0) continue;
        if (!sales.contains(attempt.stream)) continue;
        acknowledged.insert(attempt.token);
        auto const [same, is_new] = told.try_emplace(attempt.id, &attempt);
        if (!is_new && same->second->token != attempt.token)
            add(attempt.id, *same->second, [&] { return describe(record, attempt); });
    }
    // Or to one that had no answer, and is there.
    auto const tables = final_tables(record);
    for (char const* kind : {"orders", "tickets", "vouchers"}) {
        FinalTable const* const rows = leaders_table(tables, kind);
        if (rows == nullptr) continue;
        for (auto const& row : rows->rows) {
            auto const same = told.find(row.id);
            if (same == told.end() || same->second->token == row.token) continue;
            if (acknowledged.contains(row.token)) continue;  // told, and so counted above
            add(row.id, *same->second,
                [&] { return fmt::format("{} is there on {}", row.token, rows->source); });
        }
    }
    std::int64_t const again = proof.count();
    if (again == 0) return {};
    return {{.about = Class::safety,
             .verdict = unless_allowed(record, "duplicated", again),
             .check = "reissued_ids",
             .sentence = fmt::format("{} {} given to a second customer",
                                     plural(again, "order number"), again == 1 ? "was" : "were"),
             .proof = proof.take()}};
}

RegisterCheck const registered{{.name = "reissued_ids",
                                .summary = "no order's number was given to a second customer",
                                .check = check}};

}  // namespace
}  // namespace interregnum
