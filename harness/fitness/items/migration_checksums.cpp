// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/fitness/item.h"
#include "harness/fitness/migration.h"

namespace interregnum {
namespace {

/// "id (integer, now bigint)".
std::vector<std::string> retyped_text(ComparedTable const& table) {
    std::vector<std::string> texts;
    for (auto const& [source, target] : table.retyped)
        texts.push_back(fmt::format("{} ({}, now {})", source.name, source.type, target.type));
    return texts;
}

// As many rows on both sides, and yet not the same ones. Other numbers of rows are said by
// migration.rows.
void judge(ClusterFacts const& facts, ItemResult& result) {
    if (!facts.migration->readable()) return;
    for (ComparedTable const& table : facts.migration->tables) {
        if (!table.whole || table.whole->source.rows != table.whole->target.rows) continue;
        if (table.whole->source.sum == table.whole->target.sum) continue;
        if (table.same_typed && table.same_typed->source.sum == table.same_typed->target.sum)
            result.warn(
                fmt::format("{}: values of {} have another text than in the source; all other "
                            "columns agree",
                            table.name.text(), fmt::join(retyped_text(table), ", ")),
                "either only the type writes them in another way, or they were changed when they "
                "were converted",
                "compare some rows by eye, or the column's sum on both sides");
        else
            result.stop(
                fmt::format("{}: as many rows as in the source, but not the same ones "
                            "(checksums {} and {})",
                            table.name.text(), table.whole->source.sum, table.whole->target.sum),
                "orders, prices or names are not what customers were told",
                "find the rows (compare per day or per range of ids), copy the table anew, "
                "and look again");
    }
}

RegisterFitnessItem const registered{
    {.name = "migration.checksums",
     .summary = "with --source: each table has the same rows as the source",
     .judge = judge,
     .asked = [](ClusterFacts const& facts) { return facts.has_migration(); }}};

}  // namespace
}  // namespace interregnum
