// SPDX-License-Identifier: MIT
#include "reports/measures/quotas.h"

#include <algorithm>
#include <map>

#include "reports/measures/ledger.h"

namespace interregnum {
namespace {

// Quotas are read amid a node's rows, before its canaries: a controller that was killed there may
// have written only the first of them, and what was bought of the others seems to be too much.
bool were_cut_off(record::Record const& record) {
    return !record.ended && !record.final_rows.empty() &&
           std::ranges::none_of(record.final_rows, [](record::FinalRows const& rows) {
               return rows.kind == "canaries";
           });
}

MeasureValue oversold(Study const& study) {
    auto const& books = study.of<quota_books>();
    if (books.empty()) return {.why_unknown = "there is no final read of the quotas"};
    std::int64_t worst = 0;
    for (QuotaBook const& book : books) worst = std::max(worst, book.oversold());
    return {.known = true, .at_least = worst, .at_most = worst, .best = worst};
}

RegisterMeasure const registered{
    {.name = "oversold",
     .summary = "tickets sold beyond a quota, by the rows or by what customers were told",
     .unit = Unit::count,
     .compute = oversold}};

}  // namespace

std::vector<QuotaBook> quota_books(Study const& study) {
    record::Record const& record = study;
    // A quota read on several nodes: the highest count speaks.
    std::map<std::string, QuotaBook> by_name;
    for (record::FinalQuota const& quota : record.final_quotas) {
        QuotaBook& book = by_name[quota.name];
        book.name = quota.name;
        book.size = quota.size;
        book.sold = std::max(book.sold, quota.sold);
    }
    std::vector<QuotaBook> books;
    QuotaBook ledger_book{.name = "all quotas", .by_ledger = true};
    for (auto const& [name, book] : by_name) {
        books.push_back(book);
        ledger_book.size += book.size;
    }
    auto const& ledgers = study.of<ledgers_of>();
    // What counts against a quota; orders of standing places do not.
    bool any = false;
    for (char const* kind : {"tickets", "vouchers"})
        if (Ledger const* const ledger = find_ledger(ledgers, kind); ledger != nullptr) {
            ledger_book.sold += ledger->acknowledged;
            any = true;
        }
    if (!books.empty() && any && !were_cut_off(record)) books.push_back(ledger_book);
    return books;
}

}  // namespace interregnum
