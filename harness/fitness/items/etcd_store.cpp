// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/fitness/item.h"

namespace interregnum {
namespace {

// etcd's default for --quota-backend-bytes; a member does not tell what it was set to.
constexpr std::int64_t default_quota = 2LL << 30U;

void judge(ClusterFacts const& facts, ItemResult& result) {
    for (FitnessNode const* node : facts.group("db")) {
        if (!result.needs(*node, "etcd")) continue;
        if (auto const size = node->facts.number("etcd.dbSize"); size && *size > default_quota / 2)
            result.warn(fmt::format("{}: etcd's store has {} MiB", node->name, *size >> 20U),
                        "at its quota (2 GiB, unless set) it takes no more writes, so that Patroni "
                        "cannot renew the lock",
                        "compact and defragment it, and find out who fills it");
        if (!node->facts.all("etcd.errors").empty())
            result.warn(fmt::format("{}: etcd says: {}", node->name,
                                    node->facts.all("etcd.errors").front()),
                        "etcd may refuse writes", "etcdctl alarm list");
    }
}

RegisterFitnessItem const registered{
    {.name = "etcd.store", .summary = "room in etcd, no alarm", .judge = judge}};

}  // namespace
}  // namespace interregnum
