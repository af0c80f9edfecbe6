// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/fitness/item.h"

namespace interregnum {
namespace {

constexpr char const* consequence =
    "text is sorted otherwise than its indexes are: rows are not found, unique keys are doubled";

void judge(ClusterFacts const& facts, ItemResult& result) {
    FitnessNode const* first = nullptr;
    for (FitnessNode const* node : facts.group("db")) {
        if (!result.needs(*node, "collation")) continue;
        for (std::string const& row : node->facts.all("collation")) {
            auto const columns = columns_of(row, 3);  // database, recorded, the system's
            if (columns[1].empty() || columns[1] == columns[2]) continue;
            result.stop(fmt::format("{}: database {} was made with collation version {}, the "
                                    "system has {}",
                                    node->name, columns[0], columns[1],
                                    columns[2].empty() ? "none" : columns[2]),
                        consequence,
                        fmt::format("REINDEX DATABASE {0}; ALTER DATABASE {0} REFRESH COLLATION "
                                    "VERSION",
                                    columns[0]));
        }
        if (!result.needs(*node, "os")) continue;
        if (first == nullptr) {
            first = node;
        } else if (first->facts.find("os.libc") != node->facts.find("os.libc")) {
            result.stop(
                fmt::format("{} has {}, {} has {}", first->name,
                            first->facts.find("os.libc").value_or("no known libc"), node->name,
                            node->facts.find("os.libc").value_or("no known libc")),
                "after a failover " + std::string(consequence),
                "bring all database nodes to one release of the system");
        }
    }
}

RegisterFitnessItem const registered{
    {.name = "postgresql.collation", .summary = "text sorts alike on all nodes", .judge = judge}};

}  // namespace
}  // namespace interregnum
