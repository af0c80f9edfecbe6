// SPDX-License-Identifier: MIT
#include <map>
#include <set>

#include <fmt/format.h>

#include "harness/check.h"
#include "reports/attempt_text.h"
#include "reports/expected.h"
#include "reports/measures/final_tables.h"
#include "reports/measures/ledger.h"

/// An order's number that two customers were told: what had been acknowledged was lost with its
/// WAL, the sequence's position too, and the next customer was given the same number.
namespace interregnum {
namespace {

constexpr std::size_t proof_limit = 10;

std::vector<Finding> check(record::Record const& record) {
    // All that is sold is in one table with one sequence, whoever sells it.
    std::set<int> sales;
    for (auto const& stream : record.streams)
        if (is_sale(kind_of(stream))) sales.insert(stream.id);
    std::map<std::int64_t, record::Attempt const*> told;
    Finding finding{.about = Class::safety, .check = "reissued_ids"};
    std::int64_t again = 0;
    auto const add = [&](std::int64_t id, std::string const& first, std::string const& second) {
        if (++again > static_cast<std::int64_t>(proof_limit)) return;
        finding.proof.push_back(fmt::format("id {}: {}; then {}", id, first, second));
    };
    for (auto const& attempt : record.attempts) {
        if (attempt.outcome != record::Outcome::ok || attempt.id <= 0) continue;
        if (!sales.contains(attempt.stream)) continue;
        auto const [same, is_new] = told.try_emplace(attempt.id, &attempt);
        if (!is_new && same->second->token != attempt.token)
            add(attempt.id, describe(record, *same->second), describe(record, attempt));
    }
    // Or to one that had no answer, and is there.
    auto const tables = final_tables(record);
    std::set<std::string> acknowledged;
    for (auto const& [id, attempt] : told) acknowledged.insert(attempt->token);
    for (char const* kind : {"orders", "tickets", "vouchers"}) {
        FinalTable const* const rows = leaders_table(tables, kind);
        if (rows == nullptr) continue;
        for (auto const& row : rows->rows) {
            auto const same = told.find(row.id);
            if (same == told.end() || same->second->token == row.token) continue;
            if (acknowledged.contains(row.token)) continue;  // told, and so counted above
            add(row.id, describe(record, *same->second),
                fmt::format("{} is there on {}", row.token, rows->source));
        }
    }
    if (again == 0) return {};
    finding.verdict = unless_allowed(record, "duplicated", again);
    finding.sentence = fmt::format("{} {} given to a second customer",
                                   plural(again, "order number"), again == 1 ? "was" : "were");
    return {finding};
}

RegisterCheck const registered{{.name = "reissued_ids",
                                .summary = "no order's number was given to a second customer",
                                .check = check}};

}  // namespace
}  // namespace interregnum
