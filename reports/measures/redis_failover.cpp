// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/measures/failover.h"
#include "reports/measures/felt.h"
#include "reports/measures/leadership.h"
#include "reports/measures/sightings.h"

namespace interregnum {
namespace {

using record::Offset;
using record::Record;
using record::SentinelSaid;

// The first message of a channel about a master; "+sdown" is said of replicas and Sentinels too.
SentinelSaid const* said(Record const& record, std::string_view channel, Offset after) {
    SentinelSaid const* found = nullptr;
    for (SentinelSaid const& message : record.sentinel_messages)
        if (message.channel == channel && message.at >= after &&
            (channel == "+switch-master" || message.message.starts_with("master ")) &&
            (found == nullptr || message.at < found->at))
            found = &message;
    return found;
}

Milestone told(Record const& record, std::string name, std::string_view channel, Offset after) {
    SentinelSaid const* const message = said(record, channel, after);
    if (message == nullptr)
        return {std::move(name), {}, fmt::format("no Sentinel was heard saying {}", channel)};
    return {std::move(name), pushed(message->at),
            fmt::format("Sentinel on {}: {} {}", message->sentinel, channel, message->message)};
}

// More than half of the Sentinels name another master than when the fault struck.
Milestone agreed(Record const& record, Offset fault, std::string& new_master) {
    std::string old_master;
    for (RedisReign const& reign : redis_reigns_of(record)) {
        if (reign.seen <= fault) {
            old_master = reign.node;
            continue;
        }
        if (reign.node == old_master) continue;
        new_master = reign.node;
        for (auto const& seen : record.redis_masters)
            if (seen.at == reign.seen)
                return {"agreed", looked(seen.previous, seen.asked, seen.at, fault),
                        fmt::format("Sentinel on {} names {}: more than half do", seen.sentinel,
                                    reign.node)};
    }
    return {"agreed", {}, "the Sentinels were not seen naming another master"};
}

}  // namespace

Failover redis_failover_of(Study const& study) {
    Record const& record = study;
    Failover made;
    Felt const felt = felt_of(study, study.of<cache_path_list>());
    if (!felt.fault) return made;
    Offset const fault = felt.fault->injected.low;
    std::string new_master;
    Milestone whose = agreed(record, fault, new_master);
    Milestone switched = told(record, "switch", "+switch-master", fault);
    made.leader_changed = whose.at.has_value() || switched.at.has_value();
    made.downtime.why_unknown = "no write to the cache was missing";
    if (felt.path == nullptr && !made.leader_changed) return made;
    made.milestones.push_back(
        {"fault", felt.fault->injected,
         fmt::format("{} on {}", felt.fault->kind, fmt::join(felt.fault->targets, ", "))});
    if (felt.path != nullptr) {
        made.entry = felt.path->entry_name();
        made.downtime = felt.downtime();
        made.elsewhere = felt.elsewhere;
        made.milestones.push_back({"outage", felt.began, path_text(felt.path->stream)});
    }
    made.milestones.push_back(told(record, "sdown", "+sdown", fault));
    made.milestones.push_back(told(record, "odown", "+odown", fault));
    made.milestones.push_back(std::move(switched));
    made.milestones.push_back(std::move(whose));
    if (!new_master.empty() && !made.entry.empty())
        made.milestones.push_back(routed_at(record, made.entry, new_master, fault, true, true));
    if (felt.path != nullptr)
        made.milestones.push_back(
            {"first customer", felt.ended,
             felt.ended ? path_text(felt.path->stream) : "no write was answered again"});
    std::vector<Milestone*> chain;
    for (Milestone& milestone : made.milestones)
        if (milestone.name == "sdown" || milestone.name == "odown" || milestone.name == "switch")
            chain.push_back(&milestone);
    narrow(chain);
    return made;
}

}  // namespace interregnum
