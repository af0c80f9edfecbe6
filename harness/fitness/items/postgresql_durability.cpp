// SPDX-License-Identifier: MIT
#include <array>

#include <fmt/format.h>

#include "harness/fitness/item.h"

namespace interregnum {
namespace {

void judge(ClusterFacts const& facts, ItemResult& result) {
    constexpr std::array<char const*, 2> wanted{"fsync", "full_page_writes"};
    for (FitnessNode const* node : facts.group("db")) {
        if (!result.needs(*node, "setting")) continue;
        for (char const* name : wanted)
            if (!node->facts.on(fmt::format("setting.{}", name), true))
                result.stop(fmt::format("{}: {} is off", node->name, name),
                            "a server that loses power comes back with a broken database",
                            fmt::format("set {} = on", name));
    }
}

RegisterFitnessItem const registered{{.name = "postgresql.durability",
                                      .summary = "fsync and full_page_writes are on",
                                      .judge = judge}};

}  // namespace
}  // namespace interregnum
