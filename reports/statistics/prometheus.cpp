// SPDX-License-Identifier: MIT
#include "reports/statistics/prometheus.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "reports/judge.h"
#include "reports/statistics/repeats.h"

namespace interregnum {
namespace {

constexpr std::array<Verdict, 5> verdicts{Verdict::pass, Verdict::fail, Verdict::inconclusive,
                                          Verdict::error, Verdict::aborted};

/// The gauge that holds measures of this unit.
class Numbers {
public:
    void add(MeasureSpread const& measure, PrometheusLabels labels) {
        labels.emplace_back("measure", measure.measure);
        add(measure.unit, labels, "median", measure.all.median);
        if (measure.all.p95) add(measure.unit, labels, "p95", *measure.all.p95);
        add(measure.unit, labels, "max", measure.all.max);
    }
    [[nodiscard]] std::string text() const {
        return durations_.text() + counts_.text() + bytes_.text();
    }

private:
    void add(Unit unit, PrometheusLabels labels, std::string_view statistic, Bounded const& value) {
        PrometheusGauge& gauge = unit == Unit::duration ? durations_
                                 : unit == Unit::bytes  ? bytes_
                                                        : counts_;
        labels.emplace_back("statistic", statistic);
        labels.emplace_back("bound", "");
        for (auto const& [bound, is] :
             {std::pair("at_least", value.low), std::pair("best", value.best),
              std::pair("at_most", value.high)}) {
            labels.back().second = bound;
            gauge.add(labels, prometheus_number(is, unit));
        }
    }

    PrometheusGauge durations_{"interregnum_plays_duration_seconds",
                               "A duration over the repeats of a drill."};
    PrometheusGauge counts_{"interregnum_plays_count", "A count over the repeats of a drill."};
    PrometheusGauge bytes_{"interregnum_plays_bytes", "A size over the repeats of a drill."};
};

double ended(RunSummary const& run) {
    return epoch_seconds(run.started).value_or(0) + static_cast<double>(run.length.count()) / 1e9;
}

}  // namespace

std::optional<double> epoch_seconds(std::string_view instant) {
    auto const at = parse_wall(instant);
    if (!at) return std::nullopt;
    return static_cast<double>(at->count()) / 1e9;
}

std::string prometheus_of(std::vector<RunSummary> const& runs, PrometheusLabels const& with) {
    PrometheusGauge plays("interregnum_plays", "How many plays of a drill ended so.");
    PrometheusGauge last("interregnum_plays_ended_seconds",
                         "When the last play of a drill ended, since 1970.");
    Numbers numbers;
    for (RepeatGroup const& group : repeat_groups(runs)) {
        PrometheusLabels labels = with;
        labels.emplace_back("cluster", group.cluster);
        labels.emplace_back("scenario", group.scenario);
        for (Verdict const verdict : verdicts) {
            PrometheusLabels of_verdict = labels;
            of_verdict.emplace_back("verdict", verdict_key(verdict));
            plays.add(of_verdict, std::to_string(std::ranges::count(group.runs, verdict,
                                                                    &RunSummary::verdict)));
        }
        double newest = 0;
        for (RunSummary const& run : group.runs) newest = std::max(newest, ended(run));
        last.add(labels, fmt::format("{:.3f}", newest));
        for (MeasureSpread const& measure : group.measures)
            if (measure.all.count > 0) numbers.add(measure, labels);
    }
    return plays.text() + last.text() + numbers.text();
}

std::string tell_prometheus(std::vector<RunSummary> const& runs) { return prometheus_of(runs, {}); }

}  // namespace interregnum
