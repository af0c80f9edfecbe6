// SPDX-License-Identifier: MIT
#include "reports/measures/recovery.h"

#include <algorithm>
#include <limits>

#include "reports/measures/groups.h"

namespace interregnum {
namespace {

using record::Offset;
using record::stable_span;

constexpr Offset never{std::numeric_limits<std::int64_t>::max()};

// Where the attempts of each path ended; in the order of `paths_of`.
std::vector<Offset> ends_of(Study const& study) {
    std::vector<Offset> ends;
    for (Trace const& trace : study.of<traces_of>())
        if (!trace.samples.empty()) ends.push_back(trace.samples.back().started);
    return ends;
}

Recovery recovery(Path const& path, Offset end, Moment const& fault, Offset next_fault) {
    Recovery made{.stream = path.stream};
    made.time = {.known = true};
    auto outage = std::ranges::find_if(path.outages, [&](Outage const& candidate) {
        return candidate.last_missing + path.stream.deadline >= fault.low &&
               (!candidate.first_good || *candidate.first_good >= fault.low);
    });
    if (outage == path.outages.end() || outage->first_missing >= next_fault) return made;
    for (++made.windows; outage->first_good; ++outage, ++made.windows) {
        auto const next = std::next(outage);
        bool const last = next == path.outages.end();
        if ((last ? end : next->first_missing) - *outage->first_good >= stable_span) {
            made.stable = outage->ended();
            break;
        }
        if (last) break;
    }
    Maybe const reached = outage->ended().value_or(between(outage->last_missing, end));
    made.time = span(fault, reached, {});
    if (!made.stable) made.time.at_most = unbounded;
    return made;
}

MeasureValue group_recovery(Study const& study, Group const& group) {
    if (study.of<faults_of>().empty()) return {.why_unknown = "no fault was injected"};
    return worst_in(group, study.of<recoveries_of>(),
                    [](Recovery const& recovery) { return recovery.time; });
}

RegisterForGroups const registered(
    "recovery",
    "time from a fault to the begin of the first 10 s without a missing attempt: {}, at the "
    "worst entry point and fault",
    Unit::duration, group_recovery);

}  // namespace

std::vector<Recovery> recoveries_of(Study const& study) {
    std::vector<Recovery> all;
    auto const& faults = study.of<faults_of>();
    auto const& paths = study.of<paths_of>();
    auto const& ends = study.of<ends_of>();
    for (std::size_t p = 0; p < paths.size(); ++p)
        for (std::size_t f = 0; f < faults.size(); ++f) {
            Offset const next = f + 1 < faults.size() ? faults[f + 1].injected.low : never;
            all.push_back(recovery(paths[p], ends[p], faults[f].injected, next));
            all.back().fault = f;
        }
    return all;
}

std::vector<Stages> stages_of(Study const& study) {
    auto const& faults = study.of<faults_of>();
    auto const& recoveries = study.of<recoveries_of>();
    std::vector<Stages> all(study.of<paths_of>().size());
    if (faults.empty()) return all;
    Offset undone{};
    bool open = false;
    for (FaultMoment const& fault : faults) {
        open = open || !fault.undone;
        undone = std::max(undone, fault.undone.value_or(undone));
    }
    for (std::size_t p = 0; p < all.size(); ++p) {
        Offset after = undone;
        bool stable = !open;
        for (std::size_t f = 0; f < faults.size(); ++f) {
            Recovery const& recovery = recoveries[p * faults.size() + f];
            stable = stable && (recovery.windows == 0 || recovery.stable);
            if (recovery.stable) after = std::max(after, recovery.stable->high);
        }
        all[p].fault = faults.front().injected.low;
        if (stable) all[p].after = after;
    }
    return all;
}

}  // namespace interregnum
