// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "reports/gate/tell.h"
#include "reports/prometheus_text.h"
#include "reports/statistics/prometheus.h"

namespace interregnum {

std::string gate_prometheus(GateFacts const& facts, WeighedGate const& gate) {
    PrometheusLabels of_gate{{"suite", facts.suite}};
    if (!facts.shard.empty()) of_gate.emplace_back("shard", facts.shard);
    PrometheusLabels labels = of_gate;
    labels.emplace_back("cluster", facts.cluster);

    PrometheusGauge decision("interregnum_gate_decision",
                             "1 for the decision of the last gate, 0 for the others.");
    labels.emplace_back("decision", "");
    for (Decision const one : {Decision::go, Decision::undecided, Decision::no_go}) {
        labels.back().second = decision_key(one);
        decision.add(labels, gate.decision == one ? "1" : "0");
    }
    labels.pop_back();
    PrometheusGauge unfinished("interregnum_gate_unfinished",
                               "1 when the last gate can be gone on with.");
    unfinished.add(labels, facts.unfinished ? "1" : "0");
    PrometheusGauge ended("interregnum_gate_ended_seconds",
                          "When the last gate ended, since 1970.");
    if (auto const at = epoch_seconds(facts.ended)) ended.add(labels, fmt::format("{:.3f}", *at));

    std::vector<RunSummary> runs;
    for (GateDrill const& drill : facts.drills)
        for (GateRun const& run : drill.runs) runs.push_back(run.summary);
    return decision.text() + unfinished.text() + ended.text() + prometheus_of(runs, of_gate);
}

}  // namespace interregnum
