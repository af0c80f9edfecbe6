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
    FinalTable const* const seats = leaders_table(tables, "seats");
    if (seats == nullptr) return {};  // final_read_missing says so
    Proof proof;
    for (auto const& seat : seats->rows) {
        if (seat.count <= 1) continue;
        proof.add([&] { return fmt::format("{}: sold {} times", seat.token, seat.count); });
    }
    std::int64_t const twice = proof.count();
    if (twice == 0) return {};
    return {{.about = Class::safety,
             .verdict = unless_allowed(record, "oversold", twice),
             .check = "oversold_seats",
             .sentence = fmt::format("{} {} sold more than once on {}", plural(twice, "seat"),
                                     twice == 1 ? "is" : "are", seats->source),
             .proof = proof.take()}};
}

RegisterCheck const registered{
    {.name = "oversold_seats", .summary = "no seat was sold to two customers", .check = check}};

}  // namespace
}  // namespace interregnum
