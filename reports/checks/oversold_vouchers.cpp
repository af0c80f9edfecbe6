// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/check.h"
#include "reports/attempt_text.h"
#include "reports/expected.h"
#include "reports/measures/final_tables.h"
#include "reports/proof.h"

namespace interregnum {
namespace {

std::vector<Finding> check(record::Record const& record) {
    auto const tables = final_tables(record);
    // Of each voucher the row's id is how often it may be used, and its count how often it was.
    FinalTable const* const vouchers = leaders_table(tables, "voucher_uses");
    if (vouchers == nullptr) return {};  // final_read_missing says so
    Proof proof;
    for (auto const& voucher : vouchers->rows) {
        if (voucher.count <= voucher.id) continue;
        proof.add([&] {
            return fmt::format("{}: used {} times, at most {} allowed", voucher.token,
                               voucher.count, voucher.id);
        });
    }
    std::int64_t const overused = proof.count();
    if (overused == 0) return {};
    return {{.about = Class::safety,
             .verdict = unless_allowed(record, "oversold", overused),
             .check = "oversold_vouchers",
             .sentence = fmt::format("{} {} used more often than allowed on {}",
                                     plural(overused, "voucher"), overused == 1 ? "was" : "were",
                                     vouchers->source),
             .proof = proof.take()}};
}

RegisterCheck const registered{{.name = "oversold_vouchers",
                                .summary = "no voucher was used more often than it may be",
                                .check = check}};

}  // namespace
}  // namespace interregnum
