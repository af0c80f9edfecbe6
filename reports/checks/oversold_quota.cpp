// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/check.h"
#include "reports/expected.h"
#include "reports/measures/quotas.h"

namespace interregnum {
namespace {

std::vector<Finding> check(record::Record const& record) {
    std::vector<Finding> findings;
    for (QuotaBook const& book : quota_books(record)) {
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
             .proof = {}});
    }
    return findings;
}

RegisterCheck const registered{{.name = "oversold_quota",
                                .summary = "no more tickets were sold than there are",
                                .check = check}};

}  // namespace
}  // namespace interregnum
