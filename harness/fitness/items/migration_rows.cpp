// SPDX-License-Identifier: MIT
#include <cstdlib>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fitness/item.h"
#include "harness/fitness/migration.h"

namespace interregnum {
namespace {

void judge_table(ComparedTable const& table, ItemResult& result) {
    if (!table.whole) {
        result.stop(fmt::format("{} was not compared: {}", table.name.text(), table.problem),
                    "nobody knows whether its rows arrived",
                    "let the login SELECT from it on both sides (GRANT pg_read_all_data), give it "
                    "more time (--statement-time), and look again");
        return;
    }
    std::int64_t const source = table.whole->source.rows;
    std::int64_t const target = table.whole->target.rows;
    if (source == target) return;
    result.stop(fmt::format("{}: {} rows in the source, {} in the target: {} {}", table.name.text(),
                            format_count(source), format_count(target),
                            format_count(std::abs(source - target)),
                            target < source ? "missing" : "too many"),
                target < source ? "what was sold, or who bought it, is lost with the old server"
                                : "rows are there twice or are no customer's: totals and stock are "
                                  "wrong",
                "stop all writes to the source, copy the table anew (or let the replication catch "
                "up), and look again");
}

void judge(ClusterFacts const& facts, ItemResult& result) {
    if (!facts.migration->readable()) return;
    Migration const& moved = *facts.migration;
    for (ComparedTable const& table : moved.tables) judge_table(table, result);
    for (auto const& [side, rows] :
         {std::pair("source", moved.written.source), {"target", moved.written.target}})
        if (rows > 0)
            result.warn(fmt::format("{} rows of the {} were written while it was read",
                                    format_count(rows), side),
                        "the two sides were seen at two moments: a table that changed in between "
                        "differs though nothing is lost, and later writes were not compared at all",
                        "look again while the shop is shut (error page up, writes stopped)");
}

RegisterFitnessItem const registered{
    {.name = "migration.rows",
     .summary = "with --source: each table has as many rows as in the source",
     .judge = judge,
     .asked = [](ClusterFacts const& facts) { return facts.has_migration(); }}};

}  // namespace
}  // namespace interregnum
