// SPDX-License-Identifier: MIT
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/check.h"
#include "reports/attempt_text.h"
#include "reports/expected.h"
#include "reports/measures/ledger.h"
#include "reports/measures/quotas.h"

namespace interregnum {
namespace {

/// The purchases that customers were told of when there was nothing left to sell.
std::vector<std::string> told_beyond(record::Record const& record, std::int64_t size) {
    std::set<int> streams;
    for (auto const& stream : record.streams)
        if (std::string const kind = kind_of(stream); kind == "tickets" || kind == "vouchers")
            streams.insert(stream.id);
    std::vector<record::Attempt> told;
    for (record::Attempt const& attempt : record.attempts)
        if (attempt.outcome == record::Outcome::ok && streams.contains(attempt.stream))
            told.push_back(attempt);
    std::ranges::stable_sort(told, {}, &record::Attempt::finished);
    auto const fair =
        std::min(told.size(), static_cast<std::size_t>(std::max<std::int64_t>(0, size)));
    told.erase(told.begin(), told.begin() + static_cast<std::ptrdiff_t>(fair));
    return describe_some(record, told);
}

std::vector<Finding> check(record::Record const& record) {
    std::vector<Finding> findings;
    auto const books = quota_books(record);
    for (QuotaBook const& book : books) {
        if (book.oversold() == 0) continue;
        findings.push_back(
            {.about = Class::safety,
             .verdict = unless_allowed(record, "oversold", book.oversold()),
             .check = "oversold_quota",
             .sentence = book.by_ledger
                             ? fmt::format("customers were told {} purchases of {} tickets: {} "
                                           "too many, though the rows may hide it",
                                           format_count(book.sold), format_count(book.size),
                                           format_count(book.oversold()))
                             : fmt::format("quota {} of {} tickets has {} sold: {} too many",
                                           book.name, format_count(book.size),
                                           format_count(book.sold), format_count(book.oversold())),
             // Of several quotas it is not known which of them a purchase was of.
             .proof = book.by_ledger || books.size() == 2 ? told_beyond(record, book.size)
                                                          : std::vector<std::string>{}});
    }
    return findings;
}

RegisterCheck const registered{{.name = "oversold_quota",
                                .summary = "no more tickets were sold than there are",
                                .check = check}};

}  // namespace
}  // namespace interregnum
