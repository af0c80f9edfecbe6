// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/check.h"
#include "reports/attempt_text.h"
#include "reports/expected.h"
#include "reports/measures/final_tables.h"
#include "reports/measures/ledger.h"
#include "reports/proof.h"

/// An order that some customer was shown, on whichever server, and that is not there in the end.
/// Whether it had been acknowledged does not matter: a ticket that was seen has been sold.
namespace interregnum {
namespace {

bool anybody_redeemed(record::Record const& record) {
    return std::ranges::any_of(record.streams, [](record::StreamDeclared const& stream) {
        return stream.service == record::Service::voucher;
    });
}

/// What of it had been acknowledged. The rest was shown too early: a replica may have, and show,
/// what a commit still waits for on another one.
std::string told_text(record::Record const& record, auto const& gone) {
    std::set<int> sales;
    for (auto const& stream : record.streams)
        if (is_sale(kind_of(stream))) sales.insert(stream.id);
    std::set<std::int64_t> told;
    for (auto const& attempt : record.attempts)
        if (attempt.outcome == record::Outcome::ok && gone.contains(attempt.id) &&
            sales.contains(attempt.stream))
            told.insert(attempt.id);
    if (told.empty())
        return fmt::format("nobody had been told that {} bought",
                           gone.size() == 1 ? "it was" : "they were");
    if (gone.size() == 1) return "it had been acknowledged";
    return fmt::format("{} of them had been acknowledged", format_count(std::ssize(told)));
}

std::vector<Finding> check(record::Record const& record) {
    auto const tables = final_tables(record);
    std::set<std::int64_t> there;
    std::string source;
    for (char const* kind : {"orders", "tickets", "vouchers"}) {
        FinalTable const* const rows = leaders_table(tables, kind);
        // A record of before vouchers were read has no such table, and needs none where nobody
        // redeemed one. Else a read that was cut short before it has their numbers nowhere.
        bool const vouchers = std::string_view(kind) == "vouchers";
        if (rows == nullptr && vouchers && !anybody_redeemed(record)) continue;
        if (rows == nullptr) return {};  // final_read_missing says so
        source = rows->source;
        for (auto const& row : rows->rows) {
            // Of rows with one token only the lowest id was read: nothing can be said of others.
            if (row.count > 1) return {};
            if (row.id > 0) there.insert(row.id);
        }
    }
    if (there.empty()) return {};                         // the ids were not read
    std::map<std::int64_t, record::Attempt const*> gone;  // and the read that saw it first
    for (auto const& attempt : record.attempts)
        if (attempt.outcome == record::Outcome::ok && attempt.seen > 0 &&
            !there.contains(attempt.seen))
            gone.try_emplace(attempt.seen, &attempt);
    if (gone.empty()) return {};
    auto const count = static_cast<std::int64_t>(gone.size());
    Finding finding{
        .about = Class::durability,
        .verdict = unless_allowed(record, "lost", count),
        .check = "seen_then_gone",
        .sentence = fmt::format("{} that customers had been shown {} not on {} in the end; {}",
                                plural(count, "order"), count == 1 ? "is" : "are", source,
                                told_text(record, gone))};
    Proof proof;
    for (auto const& seen : gone)
        proof.add([&] {
            return fmt::format("id {}: seen by {}", seen.first, describe(record, *seen.second));
        });
    finding.proof = proof.take();
    return {finding};
}

RegisterCheck const registered{{.name = "seen_then_gone",
                                .summary = "what a customer was shown is there in the end",
                                .check = check}};

}  // namespace
}  // namespace interregnum
