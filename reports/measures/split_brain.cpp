// SPDX-License-Identifier: MIT
#include "reports/measures/split_brain.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <string_view>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/measure.h"
#include "reports/measures/downtime.h"
#include "reports/measures/leadership.h"

namespace interregnum {
namespace {

using record::CanarySeen;
using record::MemberSeen;
using record::Offset;
using record::Record;

// A time in which a node took writes: certainly in [from, to], at most in [earliest, latest].
struct Interval {
    std::string node;
    Offset from{};
    Offset to{};
    Offset earliest{};
    Offset latest{};
};

bool is_open(MemberSeen const& seen) { return seen.reachable && seen.writable; }
bool is_open(CanarySeen const& seen) { return seen.accepted; }

// Whether a look that did not find the node open proves that it was closed. One that got no
// answer proves nothing: the node may be cut off and go on taking writes.
bool is_closed(MemberSeen const& seen) { return seen.reachable && !seen.writable; }
bool is_closed(CanarySeen const& seen) {
    return seen.error == "read_only" || seen.error == "connect_refused";
}

// Until when a node was certainly looked at. The record goes on for a while after the observers
// have ended, while things are tidied up, and says nothing of it; and of their last looks one may
// have been cut off, which takes 1 s at most (two requests).
Offset watched_until(Record const& record, std::string_view observer, std::string_view node,
                     Offset end) {
    constexpr Offset longest_look = std::chrono::seconds(1);
    for (auto const& cost : record.observer_costs)
        if (cost.observer == observer && cost.node == node)
            return std::min(end, cost.at - longest_look);
    return end;
}

template <class Seen>
std::vector<Interval> open_intervals(Record const& record, std::vector<Seen> const& all,
                                     std::string_view observer) {
    Offset const end = end_of(record);
    std::map<std::string, std::vector<Seen const*>> by_node;
    for (Seen const& seen : all) by_node[seen.node].push_back(&seen);
    std::vector<Interval> intervals;
    for (auto& [node, seen] : by_node) {
        std::ranges::stable_sort(seen, {}, [](Seen const* one) { return one->at; });
        bool open = false;    // the look before was open
        bool settled = true;  // the last interval's end is known
        for (Seen const* const look : seen) {
            if (is_open(*look)) {
                if (!open)
                    intervals.push_back({.node = node,
                                         .from = look->at,
                                         .to = look->at,
                                         .earliest = look->previous >= Offset::zero()
                                                         ? look->previous
                                                         : Offset::zero()});
                else
                    intervals.back().to = std::max(intervals.back().to, look->at);
                intervals.back().latest = end;
                open = true;
                settled = false;
                continue;
            }
            // The last look that still showed it, where the record says when that was.
            if (open && look->previous >= Offset::zero())
                intervals.back().to = std::max(intervals.back().to, look->previous);
            open = false;
            if (!settled && is_closed(*look)) {
                intervals.back().latest = look->at;
                settled = true;
            }
        }
        if (open)
            intervals.back().to =
                std::max(intervals.back().to, watched_until(record, observer, node, end));
    }
    return intervals;
}

bool overlaps(SplitBrain const& one, SplitBrain const& other) {
    bool const same = (one.one == other.one && one.other == other.other) ||
                      (one.one == other.other && one.other == other.one);
    return same && one.earliest <= other.latest && other.earliest <= one.latest;
}

void add_seen(std::vector<Interval> const& intervals, bool canaries,
              std::vector<SplitBrain>& found) {
    for (std::size_t i = 0; i < intervals.size(); ++i)
        for (std::size_t k = i + 1; k < intervals.size(); ++k) {
            Interval const& a = intervals[i];
            Interval const& b = intervals[k];
            SplitBrain brain{.one = a.node,
                             .other = b.node,
                             .from = std::max(a.from, b.from),
                             .to = std::min(a.to, b.to),
                             .earliest = std::max(a.earliest, b.earliest),
                             .latest = std::min(a.latest, b.latest),
                             .canaries = canaries};
            if (a.node == b.node || brain.from >= brain.to) continue;
            bool const told = std::ranges::any_of(found, [&](SplitBrain const& other) {
                return other.canaries && !canaries && overlaps(brain, other);
            });
            if (told) continue;
            brain.sentence =
                fmt::format("{} and {} {} for at least {} from {} into the run", a.node, b.node,
                            canaries ? "both accepted test writes" : "were both writable",
                            format_seconds(brain.to - brain.from), format_seconds(brain.from));
            if (canaries)
                brain.sentence +=
                    fmt::format(" (at most {})", format_seconds(brain.latest - brain.earliest));
            found.push_back(std::move(brain));
        }
}

// Acknowledged writes whose server goes back and forth more often than leaders changed. Two more
// turns than changes may be a quick change that no observer saw; three may not.
constexpr std::int64_t turns_beyond_doubt = 3;

void add_served(Record const& record, std::vector<SplitBrain>& found) {
    std::map<int, record::Service> services;
    for (auto const& stream : record.streams) services[stream.id] = stream.service;
    std::int64_t turns = 0;
    record::Attempt const* last = nullptr;
    SplitBrain brain{.customers = true};
    std::map<std::string, std::int64_t> served;
    for (record::Attempt const& attempt : record.attempts) {
        if (attempt.outcome != record::Outcome::ok || attempt.server.empty()) continue;
        if (services[attempt.stream] != record::Service::write) continue;
        ++served[attempt.server];
        // Only writes that do not overlap have an order.
        if (last != nullptr && attempt.started < last->finished) continue;
        if (last != nullptr && attempt.server != last->server) {
            if (++turns == 1) {
                brain.one = last->server;
                brain.other = attempt.server;
                brain.from = brain.earliest = last->started;
            }
            brain.to = brain.latest = attempt.finished;
        }
        last = &attempt;
    }
    if (turns - leader_changes(reigns_of(record)) < turns_beyond_doubt) return;
    brain.sentence =
        fmt::format("acknowledged writes went back and forth between {} and {} {} times within {}",
                    brain.one, brain.other, turns, format_seconds(brain.to - brain.from));
    found.push_back(brain);
}

bool anybody_watched(Record const& record) {
    return !record.members.empty() || !record.canaries.empty() ||
           std::ranges::any_of(record.attempts,
                               [](auto const& attempt) { return !attempt.server.empty(); });
}

MeasureValue count(Study const& study) {
    if (!anybody_watched(study)) return {.why_unknown = "nobody watched the members"};
    auto const cases = static_cast<std::int64_t>(study.of<split_brains>().size());
    return {.known = true, .at_least = cases, .at_most = cases, .best = cases};
}

// Customers' turns are left out: between two of them nobody says that both were open.
MeasureValue longest(Study const& study) {
    Record const& record = study;
    if (record.members.empty() && record.canaries.empty())
        return {.why_unknown = "nobody watched the members"};
    MeasureValue value{.known = true};
    for (SplitBrain const& brain : study.of<split_brains>()) {
        if (brain.customers) continue;
        value.at_least = std::max(value.at_least, (brain.to - brain.from).count());
        value.at_most = std::max(value.at_most, (brain.latest - brain.earliest).count());
    }
    value.best = value.at_least + (value.at_most - value.at_least) / 2;
    return value;
}

RegisterMeasure const registered{
    {.name = "split_brain",
     .summary = "how often two nodes were proven to take writes at the same time",
     .unit = Unit::count,
     .compute = count}};
RegisterMeasure const registered_time{
    {.name = "split_brain.time",
     .summary = "the longest time for which two nodes took writes at once, by test writes on each "
                "node or by Patroni's word",
     .unit = Unit::duration,
     .compute = longest}};

}  // namespace

std::string_view grade_of(SplitBrain const& brain) {
    if (brain.customers) return "grade C: customers were served by both";
    return brain.canaries ? "grade B: both took writes" : "grade A: two said they were primaries";
}

std::vector<SplitBrain> split_brains(Record const& record) {
    std::vector<SplitBrain> found;
    add_seen(open_intervals(record, record.canaries, "canary"), true, found);
    add_seen(open_intervals(record, record.members, "patroni"), false, found);
    add_served(record, found);
    return found;
}

}  // namespace interregnum
