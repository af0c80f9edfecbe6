// SPDX-License-Identifier: MIT
#include "reports/measures/sightings.h"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

namespace interregnum {
namespace {

using record::BackendSeen;
using record::CanarySeen;
using record::LeaderKeySeen;
using record::MemberSeen;
using record::Offset;
using record::Record;

template <class Seen>
std::vector<Seen const*> sorted(std::vector<Seen> const& all) {
    std::vector<Seen const*> views;
    for (Seen const& one : all) views.push_back(&one);
    std::ranges::stable_sort(views, {}, [](Seen const* one) { return one->at; });
    return views;
}

// What one look says of a node: it takes writes, it does not, or nothing.
enum class Door { open, closed, silent, unknown };

Door door_of(CanarySeen const& seen) {
    if (seen.accepted) return Door::open;
    if (seen.error == "timeout" || seen.error == "connect_timeout") return Door::silent;
    // Full of customers' sessions, or without the shop: that tells nothing of what it takes.
    if (seen.error == "too_many_connections" || seen.error == "no_table") return Door::unknown;
    return Door::closed;
}

Door door_of(MemberSeen const& seen) {
    if (!seen.reachable) return Door::silent;
    return seen.writable ? Door::open : Door::closed;
}

template <class Seen>
Maybe opened(std::vector<Seen> const& all, std::string const& node, Offset after,
             std::optional<Offset> silence) {
    bool broken = !silence;
    std::optional<Offset> silent_since;
    for (Seen const* seen : sorted(all)) {
        if (seen->node != node || seen->at < after) continue;
        Door const door = door_of(*seen);
        bool const was_long = silence && silent_since && seen->at - *silent_since >= *silence;
        if (door == Door::open && (broken || was_long))
            return looked(seen->previous, seen->asked, seen->at, after);
        if (door == Door::silent)
            silent_since = silent_since.value_or(seen->asked);
        else
            silent_since.reset();
        broken = broken || was_long || door == Door::closed;
    }
    return std::nullopt;
}

bool is_redis(BackendSeen const& seen) { return seen.backend.find("redis") != std::string::npos; }

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

// "db1" of server "db1" or "postgresql_db1_5432", but not of "db10".
bool is_of(BackendSeen const& seen, std::string const& node) {
    if (node.empty()) return false;
    std::string const& server = seen.server;
    for (std::size_t at = server.find(node); at != std::string::npos;
         at = server.find(node, at + 1)) {
        std::size_t const end = at + node.size();
        bool const goes_on = is_digit(node.back()) && end < server.size() && is_digit(server[end]);
        bool const before = is_digit(node.front()) && at > 0 && is_digit(server[at - 1]);
        if (!goes_on && !before) return true;
    }
    return false;
}

bool whole(std::map<std::string, MemberSeen const*> const& members) {
    std::int64_t newest = 0;
    int leaders = 0;
    for (auto const& [node, seen] : members) newest = std::max(newest, seen->timeline);
    for (auto const& [node, seen] : members) {
        bool const leads = seen->holds_lock && seen->writable;
        if (leads) ++leaders;
        // Patroni before 3.0.4 calls a streaming standby "running".
        bool const follows = seen->state == "streaming" || seen->state == "running";
        if (!seen->reachable || seen->timeline != newest || !(leads || follows)) return false;
    }
    return leaders == 1;
}

}  // namespace

Moment looked(Offset previous, Offset asked, Offset at, Offset not_before) {
    if (previous >= Offset::zero()) return between(std::max(previous, Offset::zero()), at);
    Offset const low = std::min({not_before, asked, at});
    return {.low = low, .high = at, .best = at};
}

Moment pushed(Offset at) { return {.low = at - pushed_late, .high = at, .best = at}; }

Moment told(LeaderKeySeen const& seen) {
    return seen.previous >= Offset::zero() ? between(seen.previous, seen.at) : pushed(seen.at);
}

std::vector<LeaderKeySeen> key_changes(Record const& record, Offset after) {
    std::map<std::int64_t, LeaderKeySeen> by_revision;
    for (LeaderKeySeen const& seen : record.leader_keys) {
        if (seen.initial) continue;
        auto const [entry, is_new] = by_revision.emplace(seen.revision, seen);
        if (!is_new && seen.at < entry->second.at) entry->second = seen;
    }
    std::vector<LeaderKeySeen> changes;
    for (auto const& [revision, seen] : by_revision)
        if (seen.at >= after) changes.push_back(seen);
    return changes;
}

Milestone writable_at(Record const& record, std::string const& node, Offset after,
                      std::optional<Offset> silence) {
    if (auto const at = opened(record.canaries, node, after, silence))
        return {"writable", at, fmt::format("a canary write accepted on {}", node)};
    // A canary that never saw a break is believed: Patroni that fell silent breaks nothing.
    bool const watched =
        std::ranges::find(record.canaries, node, &CanarySeen::node) != record.canaries.end();
    if (silence && watched)
        return {"writable", {}, fmt::format("canary writes on {} met no break", node)};
    if (auto const at = opened(record.members, node, after, silence))
        return {"writable", at, fmt::format("Patroni of {}: out of recovery", node)};
    return {"writable", {}, fmt::format("{} was not seen taking writes", node)};
}

Milestone routed_at(Record const& record, std::string const& app, std::string const& node,
                    Offset after, bool redis, bool up) {
    std::map<std::string, bool> was_up;  // by backend
    std::string const word = up ? "up" : "down";
    for (BackendSeen const* seen : sorted(record.backends)) {
        if (seen->app != app || is_redis(*seen) != redis || !is_of(*seen, node)) continue;
        if (seen->status.empty()) continue;  // HAProxy did not answer: nothing changed by that
        bool const is_up = seen->status == "UP";
        auto const before = was_up.find(seen->backend);
        bool const changed = before != was_up.end() && before->second != is_up;
        was_up[seen->backend] = is_up;
        if (seen->at < after || !changed || is_up != up) continue;
        return {"routed", looked(seen->previous, seen->asked, seen->at, after),
                fmt::format("HAProxy on {}: {}/{} {}", app, seen->backend, seen->server, word)};
    }
    return {"routed", {}, fmt::format("no HAProxy on {} was seen marking {} {}", app, node, word)};
}

Milestone redundant_at(Record const& record, Offset after) {
    for (auto const& step : record.steps)
        if (step.kind == "await" && step.finished && step.ok && step.at >= after &&
            step.text.find("redundant") != std::string::npos)
            return {"redundant", exactly(step.at), "step: " + step.text};
    std::map<std::string, MemberSeen const*> members;
    bool broken = false;
    for (MemberSeen const* seen : sorted(record.members)) {
        members[seen->node] = seen;
        if (seen->at < after) continue;
        bool const is_whole = whole(members);
        if (is_whole && broken)
            return {"redundant", looked(seen->previous, seen->asked, seen->at, after),
                    fmt::format("Patroni of {}: the last member to stream again", seen->node)};
        broken = broken || !is_whole;
    }
    return {"redundant", {}, "no step awaited it, and the members were not seen whole again"};
}

}  // namespace interregnum
