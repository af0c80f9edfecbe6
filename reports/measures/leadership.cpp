// SPDX-License-Identifier: MIT
#include "reports/measures/leadership.h"

#include <algorithm>
#include <map>

#include "harness/measure.h"

namespace interregnum {
namespace {

using record::MemberSeen;
using record::Offset;
using record::Record;

// More than half of all, not of those that answer: a Sentinel that is left alone, maybe cut off
// with an old master, decides nothing, as it does not among themselves.
std::string agreed_master(std::map<std::string, std::string> const& by_sentinel) {
    std::map<std::string, std::size_t> votes;
    std::size_t answering = 0;
    for (auto const& [sentinel, master] : by_sentinel) {
        if (master.empty()) continue;
        ++answering;
        ++votes[master];
    }
    // Where fewer than three are watched, others are on nodes that nobody watches.
    std::size_t const all = by_sentinel.size() < 3 ? answering : by_sentinel.size();
    for (auto const& [master, count] : votes)
        if (count * 2 > all) return master;
    return {};
}

MeasureValue count_of(std::int64_t count) {
    return {.known = true, .at_least = count, .at_most = count, .best = count};
}

MeasureValue compute_leader_changes(Record const& record) {
    auto const reigns = reigns_of(record);
    if (reigns.empty()) return {.why_unknown = "no leader was ever seen"};
    return count_of(leader_changes(reigns));
}

MeasureValue compute_timeline_changes(Record const& record) {
    auto const reigns = reigns_of(record);
    if (reigns.empty()) return {.why_unknown = "no leader was ever seen"};
    // A leader that restarts as the watching begins says no timeline at first.
    auto const first =
        std::ranges::find_if(reigns, [](Reign const& reign) { return reign.timeline > 0; });
    if (first == reigns.end()) return count_of(0);
    // Not the last one's: a leader can come back on the timeline that it had.
    auto const highest = std::ranges::max(reigns, {}, &Reign::timeline).timeline;
    return count_of(highest - first->timeline);
}

MeasureValue compute_redis_changes(Record const& record) {
    auto const reigns = redis_reigns_of(record);
    if (reigns.empty()) return {.why_unknown = "no Sentinel named a master"};
    return count_of(static_cast<std::int64_t>(reigns.size()) - 1);
}

RegisterMeasure const registered_leader{
    {.name = "leader.changes",
     .summary = "how often another node became the PostgreSQL leader",
     .unit = Unit::count,
     .compute = compute_leader_changes}};
RegisterMeasure const registered_timeline{
    {.name = "timeline.changes",
     .summary = "by how much PostgreSQL's timeline rose (a promotion or a restart in place)",
     .unit = Unit::count,
     .compute = compute_timeline_changes}};
RegisterMeasure const registered_redis{
    {.name = "redis.changes",
     .summary = "how often the Sentinels agreed on another Redis master",
     .unit = Unit::count,
     .compute = compute_redis_changes}};

/// Whether etcd's key, which is the lock, went to that node after `since`, and was its own at
/// `until`. That tells who was given the lock back from who only still believes to hold it.
bool was_given_the_lock(Record const& record, std::string const& node, Offset since, Offset until) {
    record::LeaderKeySeen const* last = nullptr;
    for (auto const& key : record.leader_keys)
        if (!key.initial && key.at <= until && (last == nullptr || key.revision > last->revision))
            last = &key;
    return last != nullptr && last->holder == node && last->at > since;
}

std::optional<Offset> first_fault(Record const& record) {
    for (auto const& event : record.faults)
        if (event.stage == record::FaultStage::injecting) return event.at;
    return std::nullopt;
}

}  // namespace

std::vector<Reign> reigns_of(Record const& record) {
    std::vector<MemberSeen> seen = record.members;
    std::ranges::stable_sort(seen, {}, &MemberSeen::at);
    std::vector<Reign> reigns;
    for (MemberSeen const& member : seen) {
        if (!member.reachable || !member.holds_lock) continue;
        Offset const not_before = std::max(member.previous, Offset::zero());
        if (reigns.empty()) {
            reigns.push_back({.node = member.node,
                              .timeline = member.timeline,
                              .new_leader = true,
                              .not_before = not_before,
                              .seen = member.at});
            continue;
        }
        Reign const& now = reigns.back();
        bool const other = member.node != now.node;
        if (!other && member.timeline <= now.timeline) continue;
        if (other && member.timeline < now.timeline &&
            !was_given_the_lock(record, member.node, now.seen, member.at))
            continue;
        // A new leader takes the lock first and shows its new timeline some looks later: then
        // the second look only completes the reign.
        bool const completes = !other && reigns.size() > 1 && now.new_leader &&
                               now.timeline == reigns[reigns.size() - 2].timeline;
        if (completes)
            reigns.back().timeline = member.timeline;
        else
            reigns.push_back({.node = member.node,
                              .timeline = member.timeline,
                              .new_leader = other,
                              .not_before = not_before,
                              .seen = member.at});
    }
    return reigns;
}

Reign const* reign_at(std::vector<Reign> const& reigns, Offset at) {
    Reign const* found = nullptr;
    for (Reign const& reign : reigns)
        if (reign.seen <= at) found = &reign;
    return found;
}

std::int64_t leader_changes(std::vector<Reign> const& reigns) {
    std::int64_t changes = 0;
    for (std::size_t i = 1; i < reigns.size(); ++i)
        if (reigns[i].new_leader) ++changes;
    return changes;
}

std::vector<RedisReign> redis_reigns_of(Record const& record) {
    std::map<std::string, std::string> by_sentinel;
    std::vector<RedisReign> reigns;
    for (auto const& seen : record.redis_masters) {
        // A node that never named a master may have no Sentinel at all.
        if (seen.master.empty() && !by_sentinel.contains(seen.sentinel)) continue;
        by_sentinel[seen.sentinel] = seen.master;
        std::string const master = agreed_master(by_sentinel);
        if (master.empty() || (!reigns.empty() && reigns.back().node == master)) continue;
        reigns.push_back({.node = master, .seen = seen.at});
    }
    return reigns;
}

std::string fact_at(Record const& record, std::string_view name, Offset at) {
    std::string value;
    for (auto const& fact : record.facts)
        if (fact.name == name && fact.at <= at) value = fact.value;
    return value;
}

std::string etcd_leader_at_fault(Record const& record) {
    // The conductor notes it when a fault fires; an observer, when it changes.
    for (auto const& fact : record.facts)
        if (fact.name == "etcd_leader_at_fault" && !fact.value.empty()) return fact.value;
    return fact_at(record, "etcd_leader", first_fault(record).value_or(Offset::max()));
}

std::optional<bool> etcd_led_with_leader(Record const& record) {
    auto const fault = first_fault(record);
    std::string const etcd = etcd_leader_at_fault(record);
    if (!fault || etcd.empty()) return std::nullopt;
    auto const reigns = reigns_of(record);
    Reign const* const reign = reign_at(reigns, *fault);
    if (reign == nullptr || reign->node.empty()) return std::nullopt;
    return reign->node == etcd;
}

}  // namespace interregnum
