// SPDX-License-Identifier: MIT
#include "reports/measures/split_brain.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/measure.h"
#include "reports/measures/downtime.h"
#include "reports/measures/leadership.h"

namespace interregnum {
namespace {

using record::MemberSeen;
using record::Offset;
using record::Record;

struct Interval {
    std::string node;
    Offset from{};
    Offset to{};
};

// When each node was certainly writable.
std::vector<Interval> writable_intervals(Record const& record) {
    std::map<std::string, std::vector<MemberSeen>> by_node;
    for (MemberSeen const& member : record.members) by_node[member.node].push_back(member);
    std::vector<Interval> intervals;
    for (auto& [node, seen] : by_node) {
        std::ranges::stable_sort(seen, {}, &MemberSeen::at);
        for (std::size_t i = 0; i < seen.size(); ++i) {
            if (!seen[i].reachable || !seen[i].writable) continue;
            // The last look that still showed it, or, where the record does not say when that
            // was, the first one: then only an instant is certain.
            Offset to = seen[i].at;
            if (i + 1 == seen.size())
                to = std::max(to, end_of(record));
            else if (seen[i + 1].previous >= Offset::zero())
                to = std::max(to, seen[i + 1].previous);
            intervals.push_back({.node = node, .from = seen[i].at, .to = to});
        }
    }
    return intervals;
}

void add_seen(Record const& record, std::vector<SplitBrain>& found) {
    auto const intervals = writable_intervals(record);
    for (std::size_t i = 0; i < intervals.size(); ++i)
        for (std::size_t k = i + 1; k < intervals.size(); ++k) {
            Interval const& a = intervals[i];
            Interval const& b = intervals[k];
            Offset const from = std::max(a.from, b.from);
            Offset const to = std::min(a.to, b.to);
            if (a.node == b.node || from >= to) continue;
            found.push_back({.one = a.node,
                             .other = b.node,
                             .from = from,
                             .to = to,
                             .customers = false,
                             .sentence = fmt::format(
                                 "{} and {} were both writable for at least {} from {} into the "
                                 "run",
                                 a.node, b.node, format_seconds(to - from), format_seconds(from))});
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
                brain.from = last->started;
            }
            brain.to = attempt.finished;
        }
        last = &attempt;
    }
    if (turns - leader_changes(reigns_of(record)) < turns_beyond_doubt) return;
    brain.sentence =
        fmt::format("acknowledged writes went back and forth between {} and {} {} times within {}",
                    brain.one, brain.other, turns, format_seconds(brain.to - brain.from));
    found.push_back(brain);
}

MeasureValue compute(Record const& record) {
    bool const served = std::ranges::any_of(
        record.attempts, [](auto const& attempt) { return !attempt.server.empty(); });
    if (record.members.empty() && !served) return {.why_unknown = "nobody watched the members"};
    auto const count = static_cast<std::int64_t>(split_brains(record).size());
    return {.known = true, .at_least = count, .at_most = count, .best = count};
}

RegisterMeasure const registered{
    {.name = "split_brain",
     .summary = "how often two nodes were proven to take writes at the same time",
     .unit = Unit::count,
     .compute = compute}};

}  // namespace

std::vector<SplitBrain> split_brains(Record const& record) {
    std::vector<SplitBrain> found;
    add_seen(record, found);
    add_served(record, found);
    return found;
}

}  // namespace interregnum
