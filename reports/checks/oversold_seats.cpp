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
    FinalTable const* const seats = leaders_table(tables, "seats");
    if (seats == nullptr) return {};  // final_read_missing says so
    Finding finding{.about = Class::safety, .check = "oversold_seats"};
    std::int64_t twice = 0;
    for (auto const& seat : seats->rows) {
        if (seat.count <= 1) continue;
        if (++twice <= static_cast<std::int64_t>(proof_limit))
            finding.proof.push_back(fmt::format("{}: sold {} times", seat.token, seat.count));
    }
    if (twice == 0) return {};
    finding.verdict = unless_allowed(record, "oversold", twice);
    finding.sentence = fmt::format("{} {} sold more than once on {}", plural(twice, "seat"),
                                   twice == 1 ? "is" : "are", seats->source);
    return {finding};
}

RegisterCheck const registered{
    {.name = "oversold_seats", .summary = "no seat was sold to two customers", .check = check}};

}  // namespace
}  // namespace interregnum
