// SPDX-License-Identifier: MIT
#include "reports/measures/felt.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "harness/record/names.h"

namespace interregnum {
namespace {

using record::Offset;
using record::Service;

constexpr Offset never{std::numeric_limits<std::int64_t>::max()};

// Also one that was under way when the fault struck: an attempt takes up to its deadline.
bool after(Outage const& outage, Offset deadline, Offset fault) {
    return outage.last_missing + deadline >= fault &&
           (!outage.first_good || *outage.first_good >= fault);
}

MeasureValue value_of(Outage const& outage) {
    return {.known = true,
            .at_least = outage.at_least().count(),
            .at_most = outage.at_most().count(),
            .best = outage.best().count()};
}

void add(MeasureValue& sum, MeasureValue const& value) {
    sum.at_least += value.at_least;
    sum.best += value.best;
    sum.at_most = sum.at_most == unbounded || value.at_most == unbounded
                      ? unbounded
                      : sum.at_most + value.at_most;
}

Maybe first_error(Study const& study, Felt const& felt) {
    Offset first = never;
    for (Trace const& trace : study.of<traces_of>()) {
        if (trace.stream.id != felt.path->stream.id) continue;
        auto const begin = std::ranges::lower_bound(trace.samples, felt.outage.first_missing, {},
                                                    &Sample::started);
        for (auto it = begin; it != trace.samples.end(); ++it) {
            // No later one can have ended before.
            if (it->started > felt.outage.last_missing || it->started >= first) break;
            if (it->finished > it->started) first = std::min(first, it->finished);
        }
    }
    if (first == never) return std::nullopt;
    // It came back through the way that leads to the entry.
    return between(first - felt.outage.slack, first);
}

std::optional<Offset> answered(Study const& study, Felt const& felt) {
    if (!felt.outage.first_good) return std::nullopt;
    Offset at = felt.ended->high;
    for (Trace const& trace : study.of<traces_of>()) {
        if (trace.stream.id != felt.path->stream.id) continue;
        auto const first =
            std::ranges::lower_bound(trace.samples, *felt.outage.first_good, {}, &Sample::started);
        if (first != trace.samples.end()) at = std::max(at, first->finished);
    }
    return at;
}

}  // namespace

MeasureValue Felt::downtime() const { return value_of(outage); }

std::vector<Path> write_path_list(Study const& study) { return write_paths(study.of<paths_of>()); }
std::vector<Path> cache_path_list(Study const& study) {
    return select(study.of<paths_of>(), Service::cache);
}

Felt felt_of(Study const& study, std::vector<Path> const& paths) {
    Felt felt;
    auto const& faults = study.of<faults_of>();
    if (faults.empty()) return felt;
    felt.fault = faults.front();
    for (Path const& path : paths)
        for (Outage const& outage : path.outages) {
            if (!after(outage, path.stream.deadline, faults.front().injected.low)) continue;
            if (felt.path != nullptr && outage.best() <= felt.outage.best()) continue;
            felt.path = &path;
            felt.outage = outage;
        }
    if (felt.path == nullptr) return felt;
    for (FaultMoment const& fault : faults)
        if (fault.injected.low <= felt.outage.first_missing + felt.path->stream.deadline)
            felt.fault = fault;
    felt.elsewhere = {.known = true};
    for (Outage const& outage : felt.path->outages)
        if (after(outage, felt.path->stream.deadline, faults.front().injected.low) &&
            outage.first_missing != felt.outage.first_missing)
            add(felt.elsewhere, value_of(outage));
    felt.began = felt.outage.began();
    felt.ended = felt.outage.ended();
    felt.first_error = first_error(study, felt);
    felt.answered = answered(study, felt);
    return felt;
}

Milestone all_served(Study const& study, Felt const& felt, std::vector<Service> const& services) {
    Offset const begin = felt.outage.first_missing;
    Offset const end = felt.outage.first_good.value_or(never);
    Milestone made{"all customers", felt.ended, path_text(felt.path->stream)};
    for (Path const& path : study.of<paths_of>()) {
        if (std::ranges::find(services, path.stream.service) == services.end()) continue;
        for (Outage const& outage : path.outages) {
            bool const together = outage.first_missing <= end && outage.last_missing >= begin;
            if (!together) continue;
            Maybe const back = outage.ended();
            if (!back)
                return {"all customers", {}, path_text(path.stream) + " was not answered again"};
            if (!made.at || back->high <= made.at->high) continue;
            made.at = Moment{.low = std::max(back->low, made.at->low),
                             .high = back->high,
                             .best = std::max(back->best, made.at->best)};
            made.source = path_text(path.stream);
        }
    }
    return made;
}

std::string path_text(record::StreamDeclared const& stream) {
    return fmt::format("{} via {} ({})", stream.probe, stream.entry,
                       record::to_string(stream.connection));
}

}  // namespace interregnum
