// SPDX-License-Identifier: MIT
#include "reports/statistics/repeats.h"

#include <algorithm>
#include <map>

namespace interregnum {
namespace {

Spread spread_of(std::vector<RunSummary const*> const& runs, std::string_view measure) {
    Spread spread;
    std::vector<Bounded> sample;
    for (RunSummary const* run : runs) {
        auto const found = run->measures.find(measure);
        if (found == run->measures.end() || !found->second.value.known)
            ++spread.unknown;
        else
            sample.push_back(bounded(found->second.value));
    }
    spread.count = sample.size();
    if (sample.empty()) return spread;
    spread.median = quantile(sample, 0.5);
    spread.max = quantile(sample, 1);
    if (sample.size() >= p95_from) spread.p95 = quantile(sample, 0.95);
    spread.interval = median_interval(sample);
    return spread;
}

void add_measures(RepeatGroup& group) {
    std::vector<RunSummary const*> all;
    std::vector<RunSummary const*> with;
    std::vector<RunSummary const*> elsewhere;
    std::map<std::string, Unit> units;
    for (RunSummary const& run : group.runs) {
        if (!counts(run)) continue;
        all.push_back(&run);
        if (run.etcd_with_leader) (*run.etcd_with_leader ? with : elsewhere).push_back(&run);
        for (auto const& [name, measured] : run.measures) units.emplace(name, measured.unit);
    }
    group.counted = all.size();
    for (auto const& [name, unit] : units) {
        MeasureSpread made{.measure = name, .unit = unit, .all = spread_of(all, name)};
        if (made.all.count == 0) continue;
        if (!with.empty() || !elsewhere.empty()) {
            made.etcd_with_leader = spread_of(with, name);
            made.etcd_elsewhere = spread_of(elsewhere, name);
        }
        made.headline = is_headline(group.runs, name);
        group.measures.push_back(std::move(made));
    }
}

}  // namespace

bool counts(RunSummary const& run) {
    return run.verdict == Verdict::pass || run.verdict == Verdict::fail ||
           (run.verdict == Verdict::inconclusive && run.undecided);
}

std::vector<Bounded> sample_of(std::vector<RunSummary> const& runs, std::string_view measure) {
    std::vector<Bounded> sample;
    for (RunSummary const& run : runs) {
        auto const found = run.measures.find(measure);
        if (counts(run) && found != run.measures.end() && found->second.value.known)
            sample.push_back(bounded(found->second.value));
    }
    return sample;
}

bool is_headline(std::vector<RunSummary> const& runs, std::string_view measure) {
    if (measure.ends_with(".downtime")) return true;
    return std::ranges::any_of(runs, [&](RunSummary const& run) {
        return std::ranges::find(run.limited, measure) != run.limited.end();
    });
}

std::vector<RepeatGroup> repeat_groups(std::vector<RunSummary> const& runs) {
    std::map<std::pair<std::string, std::string>, RepeatGroup> groups;
    for (RunSummary const& run : runs) {
        RepeatGroup& group = groups[{run.scenario, run.cluster}];
        group.scenario = run.scenario;
        group.cluster = run.cluster;
        group.runs.push_back(run);
    }
    std::vector<RepeatGroup> made;
    for (auto& [key, group] : groups) {
        std::ranges::stable_sort(group.runs, {}, &RunSummary::started);
        add_measures(group);
        made.push_back(std::move(group));
    }
    return made;
}

}  // namespace interregnum
