// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/fitness/item.h"
#include "harness/fitness/migration.h"

namespace interregnum {
namespace {

constexpr char const* set_forward =
    "SELECT setval('...', (SELECT max(...) FROM ...)) on the target, not below the source's "
    "value: neither logical replication nor a copy of the rows brings it along";

/// Whether counting in its direction, `at` is before `other`.
bool before(SequenceCensus const& sequence, std::int64_t at, std::int64_t other) {
    return sequence.increment < 0 ? at > other : at < other;
}

void judge_position(SequenceCensus const& source, SequenceCensus const& target,
                    ItemResult& result) {
    if (target.reached && !before(target, *target.reached, target.next)) {
        result.stop(fmt::format("{}: the target hands out {} next, but {}.{} has come to {}",
                                target.name.text(), target.next, target.table.text(), target.column,
                                *target.reached),
                    "the first orders fail with a duplicate key, or get the number of somebody "
                    "else's",
                    set_forward);
        return;
    }
    if (source.last && !before(target, *source.last, target.next))
        result.stop(fmt::format("{}: the target hands out {} next, the source has handed out {}",
                                target.name.text(), target.next, *source.last),
                    "numbers that customers, payments or mails already bear are given out again",
                    set_forward);
}

void judge(ClusterFacts const& facts, ItemResult& result) {
    if (!facts.migration->readable()) return;
    Migration const& moved = *facts.migration;
    for (SequenceCensus const& source : moved.has.source.sequences) {
        SequenceCensus const* const target = counterpart(source, moved.has.target);
        std::string const of = source.column.empty()
                                   ? std::string()
                                   : fmt::format(" of {}.{}", source.table.text(), source.column);
        if (target == nullptr) {
            result.stop(
                fmt::format("{}{}: the target has no such sequence", source.name.text(), of),
                "nothing hands out new numbers: inserts fail",
                "CREATE SEQUENCE ... OWNED BY ..., or make the column an identity column");
            continue;
        }
        std::string const& problem = source.problem.empty() ? target->problem : source.problem;
        if (!problem.empty())
            result.stop(fmt::format("{} was not compared: {}", source.name.text(), problem),
                        "it may hand out numbers a second time",
                        "GRANT SELECT ON SEQUENCE ... on both sides, and look again");
        else
            judge_position(source, *target, result);
    }
}

RegisterFitnessItem const registered{
    {.name = "migration.sequences",
     .summary = "with --source: no sequence hands out a number for the second time",
     .judge = judge,
     .asked = [](ClusterFacts const& facts) { return facts.has_migration(); }}};

}  // namespace
}  // namespace interregnum
