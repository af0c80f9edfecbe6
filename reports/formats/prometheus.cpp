// SPDX-License-Identifier: MIT
#include <array>

#include <fmt/format.h>

#include "harness/format.h"
#include "reports/judge.h"
#include "reports/prometheus_text.h"
#include "reports/statistics/sample.h"

/// What a nightly job has measured.
namespace interregnum {
namespace {

struct Family {
    Unit unit;
    std::string_view name;
    std::string_view help;
};

constexpr std::array<Family, 3> families{
    {{Unit::duration, "interregnum_duration_seconds", "A duration that a drill measured."},
     {Unit::count, "interregnum_count", "A count that a drill measured."},
     {Unit::bytes, "interregnum_bytes", "A size that a drill measured."}}};

/// The measures of a family, each with its bounds.
std::string measures_of(Family const& family, PrometheusLabels const& of_run,
                        Judgement const& judgement) {
    PrometheusGauge gauge(family.name, family.help);
    for (MeasureKind const* kind : Registry<MeasureKind>::all()) {
        auto const found = judgement.measures.find(kind->name);
        if (kind->unit != family.unit || found == judgement.measures.end()) continue;
        if (!found->second.known) continue;
        Bounded const value = bounded(found->second);
        PrometheusLabels labels = of_run;
        labels.emplace_back("measure", kind->name);
        labels.emplace_back("bound", "");
        for (auto const& [bound, is] :
             {std::pair("at_least", value.low), std::pair("best", value.best),
              std::pair("at_most", value.high)}) {
            labels.back().second = bound;
            gauge.add(labels, prometheus_number(is, family.unit));
        }
    }
    return gauge.text();
}

std::string render(record::Record const& record, Judgement const& judgement) {
    PrometheusLabels const labels{{"cluster", record.run.cluster},
                                  {"scenario", record.run.scenario}};
    std::string text;
    for (Family const& family : families) text += measures_of(family, labels, judgement);
    PrometheusGauge verdicts("interregnum_verdict",
                             "1 for the verdict of the last drill, 0 for the others.");
    for (Verdict const verdict :
         {Verdict::pass, Verdict::fail, Verdict::inconclusive, Verdict::error, Verdict::aborted}) {
        PrometheusLabels of_verdict = labels;
        of_verdict.emplace_back("verdict", verdict_key(verdict));
        verdicts.add(of_verdict, judgement.verdict == verdict ? "1" : "0");
    }
    PrometheusGauge started("interregnum_started_seconds",
                            "When the last drill began, since 1970.");
    started.add(labels, std::to_string(record.run.wall_start_ns / 1'000'000'000));
    return text + verdicts.text() + started.text();
}

RegisterFormat const registered{{.name = "prometheus",
                                 .summary = "measures for Prometheus' textfile collector",
                                 .file = "metrics.prom",
                                 .render = render}};

}  // namespace
}  // namespace interregnum
