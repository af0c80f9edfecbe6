// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/fitness/item.h"

namespace interregnum {
namespace {

void judge(ClusterFacts const& facts, ItemResult& result) {
    FitnessNode const* leader = facts.leader_node();
    if (leader == nullptr) {
        result.unknown("no leader");
        return;
    }
    if (!result.needs(*leader, "etcd")) return;
    auto const self = leader->facts.find("etcd.header.member_id");
    auto const leads = leader->facts.find("etcd.leader");
    if (self && leads && *self == *leads)
        result.note(fmt::format("{} leads both PostgreSQL and etcd", leader->name),
                    "when it dies etcd elects first, and then every lease lasts a full ttl again: "
                    "a longer failover than on another day",
                    "etcdctl move-leader; it moves by itself too, so drill both");
}

RegisterFitnessItem const registered{
    {.name = "etcd.leader", .summary = "etcd's leader is not on PostgreSQL's", .judge = judge}};

}  // namespace
}  // namespace interregnum
