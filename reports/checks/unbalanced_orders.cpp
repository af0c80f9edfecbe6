// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/check.h"
#include "reports/attempt_text.h"
#include "reports/measures/final_tables.h"
#include "reports/proof.h"

namespace interregnum {
namespace {

std::vector<Finding> check(record::Record const& record) {
    auto const tables = final_tables(record);
    // Each row is an order, and its count in how many of three ways (positions, payments,
    // transactions) it does not add up.
    FinalTable const* const orders = leaders_table(tables, "transactions");
    if (orders == nullptr || orders->rows.empty()) return {};
    auto const wrong = static_cast<std::int64_t>(orders->rows.size());
    Finding finding{.about = Class::safety,
                    .verdict = Verdict::fail,
                    .check = "unbalanced_orders",
                    .sentence = fmt::format(
                        "{} on {} {} not agree with {} positions, payments and transactions",
                        plural(wrong, "order"), orders->source, wrong == 1 ? "does" : "do",
                        wrong == 1 ? "its" : "their")};
    Proof proof;
    for (auto const& order : orders->rows)
        proof.add([&] {
            return fmt::format("{} (id {}): {} of 3 sums differ", order.token, order.id,
                               order.count);
        });
    finding.proof = proof.take();
    return {finding};
}

RegisterCheck const registered{
    {.name = "unbalanced_orders",
     .summary = "orders agree with their positions, payments and transactions",
     .check = check}};

}  // namespace
}  // namespace interregnum
