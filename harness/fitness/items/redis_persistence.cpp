// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/fitness/item.h"

namespace interregnum {
namespace {

void judge_node(FitnessNode const& node, ItemResult& result) {
    bool const append = node.facts.on("redis.appendonly");
    auto const sync = node.facts.find("redis.appendfsync").value_or("everysec");
    auto const save = node.facts.find("redis.save").value_or("");
    if (!append && save.empty())
        result.warn(node.name + ": appendonly is no and there are no snapshots (save)",
                    "a master that is restarted before Sentinel acts comes back empty, and its "
                    "replicas empty themselves after it",
                    "appendonly yes");
    else if (!append)
        result.note(fmt::format("{}: appendonly is no (snapshots: save {})", node.name, save),
                    "a master that is restarted has what the last snapshot had: sessions and "
                    "queued tasks since then are gone",
                    "appendonly yes, appendfsync everysec");
    else if (sync == "no")
        result.note(node.name + ": appendfsync is no",
                    "a server that loses power loses what the kernel had not written: about 30 s",
                    "appendfsync everysec");
}

void judge(ClusterFacts const& facts, ItemResult& result) {
    if (!facts.redis_expected) return;
    for (FitnessNode const* node : facts.group("db"))
        if (result.needs(*node, "redis")) judge_node(*node, result);
}

RegisterFitnessItem const registered{
    {.name = "redis.persistence", .summary = "Redis comes back with what it had", .judge = judge}};

}  // namespace
}  // namespace interregnum
