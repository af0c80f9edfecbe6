// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/check.h"
#include "reports/attempt_text.h"
#include "reports/expected.h"
#include "reports/measures/final_tables.h"

namespace interregnum {
namespace {

constexpr std::size_t proof_limit = 10;

std::vector<Finding> check(record::Record const& record) {
    auto const tables = final_tables(record);
    // Of each voucher the row's id is how often it may be used, and its count how often it was.
    FinalTable const* const vouchers = leaders_table(tables, "voucher_uses");
    if (vouchers == nullptr) return {};  // final_read_missing says so
    Finding finding{.about = Class::safety, .check = "oversold_vouchers"};
    std::int64_t overused = 0;
    for (auto const& voucher : vouchers->rows) {
        if (voucher.count <= voucher.id) continue;
        if (++overused <= static_cast<std::int64_t>(proof_limit))
            finding.proof.push_back(fmt::format("{}: used {} times, at most {} allowed",
                                                voucher.token, voucher.count, voucher.id));
    }
    if (overused == 0) return {};
    finding.verdict = unless_allowed(record, "oversold", overused);
    finding.sentence =
        fmt::format("{} {} used more often than allowed on {}", plural(overused, "voucher"),
                    overused == 1 ? "was" : "were", vouchers->source);
    return {finding};
}

RegisterCheck const registered{{.name = "oversold_vouchers",
                                .summary = "no voucher was used more often than it may be",
                                .check = check}};

}  // namespace
}  // namespace interregnum
