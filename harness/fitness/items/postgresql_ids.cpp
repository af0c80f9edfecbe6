// SPDX-License-Identifier: MIT
#include <charconv>

#include <fmt/format.h>

#include "harness/fitness/item.h"

namespace interregnum {
namespace {

std::int64_t number_of(std::string const& text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

void judge_row(std::string const& row, ItemResult& result) {
    auto const columns = columns_of(row, 4);  // database, what, used, limit
    std::int64_t const used = number_of(columns[2]);
    std::int64_t const limit = number_of(columns[3]);
    if (limit <= 0 || used < 0) return;
    double const share = 100.0 * static_cast<double>(used) / static_cast<double>(limit);
    std::string const found =
        fmt::format("{}: {} is at {} of {} ({:.0f} %)", columns[0], columns[1], used, limit, share);
    constexpr char const* consequence =
        "when the ids run out every insert there fails: no more "
        "orders, on any node, and no failover helps";
    constexpr char const* remedy =
        "ALTER TABLE ... ALTER COLUMN ... TYPE bigint, ALTER SEQUENCE ... AS bigint (it rewrites "
        "the table: plan it)";
    if (share >= 90)
        result.stop(found, consequence, remedy);
    else if (share >= 70)
        result.warn(found, consequence, remedy);
    else if (share >= 50)
        result.note(found, consequence, remedy);
}

void judge(ClusterFacts const& facts, ItemResult& result) {
    FitnessNode const* leader = facts.leader_node();
    if (leader == nullptr) {
        result.unknown("no leader");
        return;
    }
    // What was read is judged, also where some other database could not be.
    for (std::string const& row : leader->facts.all("id")) judge_row(row, result);
    static_cast<void>(result.needs(*leader, "id"));
}

RegisterFitnessItem const registered{{.name = "postgresql.ids",
                                      .summary = "ids of small columns are not nearly used up",
                                      .judge = judge}};

}  // namespace
}  // namespace interregnum
