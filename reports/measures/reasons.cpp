// SPDX-License-Identifier: MIT
#include "reports/measures/reasons.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "harness/record/judgement.h"
#include "reports/measures/failover.h"
#include "reports/measures/recovery.h"

namespace interregnum {
namespace {

using record::Attempt;
using record::Offset;
using record::Outcome;

struct Part {
    std::string name;
    Offset from{};
};

// The parts of the drill in order of time; the first has no begin.
std::vector<Part> parts_of(Study const& study) {
    std::vector<Part> parts{{"before", Offset::min()}};
    auto const& faults = study.of<faults_of>();
    if (faults.empty()) return parts;
    Offset const fault = faults.front().injected.low;
    auto const& failover = study.of<failover_of>();
    auto const begin = [&](std::string_view milestone) -> std::optional<Offset> {
        Milestone const* const found = failover.find(milestone);
        if (found == nullptr || !found->at || found->aside) return std::nullopt;
        return std::max(found->at->best, fault);
    };
    // What the first customer waited for may have come after he did.
    auto const in_outage = [&, end = begin("first customer")](std::string_view milestone) {
        auto const at = begin(milestone);
        return at && end ? std::min(*at, *end) : at;
    };
    auto const add = [&](std::string name, std::optional<Offset> from) {
        if (from && *from >= parts.back().from) parts.push_back({std::move(name), *from});
    };
    bool const failed_over = failover.leader_changed && begin("outage") && begin("detected");
    auto const sync_wait_over = in_outage("sync wait over");
    add(failed_over ? "detect" : sync_wait_over ? "sync wait" : "during", fault);
    if (failed_over) {
        add("lock", in_outage("detected"));
        add("promote", in_outage("lock taken"));
        add(sync_wait_over ? "sync wait" : "route", in_outage("writable"));
        if (sync_wait_over) add("route", sync_wait_over);
    }
    add("degraded", begin("first customer"));
    std::optional<Offset> after;
    for (Stages const& stages : study.of<stages_of>())
        if (stages.after) after = std::max(after.value_or(*stages.after), *stages.after);
    if (auto const whole = begin("redundant"); whole && after) after = std::max(*after, *whole);
    add("after", after);
    return parts;
}

std::size_t part_of(std::vector<Part> const& parts, Attempt const& attempt) {
    bool const caught =
        parts.size() > 1 && attempt.started < parts[1].from && attempt.finished > parts[1].from;
    if (caught) return 1;
    auto const part = std::ranges::upper_bound(parts, attempt.started, {}, &Part::from);
    return static_cast<std::size_t>(part - parts.begin()) - 1;
}

}  // namespace

Reasons reasons_of(Study const& study) {
    record::Record const& record = study;
    auto const parts = parts_of(study);
    Reasons made;
    for (Part const& part : parts) made.parts.push_back(part.name);
    std::map<int, record::StreamDeclared const*> streams;
    for (auto const& stream : record.streams) streams.emplace(stream.id, &stream);
    std::map<std::tuple<record::Service, std::string, Outcome>, Reason> by_reason;
    for (Attempt const& attempt : record.attempts) {
        auto const stream = streams.find(attempt.stream);
        if (stream == streams.end()) continue;
        if (record::answered(attempt, stream->second->deadline)) continue;
        bool const late = attempt.outcome == Outcome::ok;
        std::string const error = late ? "late" : attempt.error;
        auto const service = stream->second->service;
        Reason& reason = by_reason[{service, error, attempt.outcome}];
        if (reason.total++ == 0) {
            reason.service = service;
            reason.error = error;
            reason.outcome = attempt.outcome;
            reason.counts.resize(parts.size());
            reason.example = attempt.detail;
        }
        ++reason.counts[part_of(parts, attempt)];
    }
    for (auto& [key, reason] : by_reason) made.reasons.push_back(std::move(reason));
    std::ranges::stable_sort(made.reasons, [](Reason const& a, Reason const& b) {
        return a.service != b.service ? a.service < b.service : a.total > b.total;
    });
    return made;
}

}  // namespace interregnum
