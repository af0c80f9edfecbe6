// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/fitness/item.h"

namespace interregnum {
namespace {

void judge(ClusterFacts const& facts, ItemResult& result) {
    for (FitnessNode const* node : facts.group("db")) {
        if (!result.needs(*node, "disk")) continue;
        for (char const* place : {"data", "wal"}) {
            auto const used = node->facts.number(fmt::format("disk.{}", place));
            if (!used) {
                result.unknown(fmt::format("{}: how full the volume of {} is", node->name, place));
                continue;
            }
            std::string const found =
                fmt::format("{}: the volume of {} is {} % full", node->name, place, *used);
            constexpr char const* consequence =
                "when it is full PostgreSQL stops or refuses to write, and often nobody takes over";
            constexpr char const* remedy = "make room, and have a monitor tell";
            if (*used >= 95)
                result.stop(found, consequence, remedy);
            else if (*used >= 80)
                result.warn(found, consequence, remedy);
        }
    }
}

RegisterFitnessItem const registered{
    {.name = "postgresql.disk", .summary = "room for data and WAL", .judge = judge}};

}  // namespace
}  // namespace interregnum
