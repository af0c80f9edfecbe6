// SPDX-License-Identifier: MIT
#include "harness/gate.h"

#include "reports/gate/tell.h"

namespace interregnum {
namespace {

GateJudgement judge(GateFacts const& facts) {
    WeighedGate const gate = weigh_gate(facts);
    return {.decision = gate.decision,
            .not_undone = gate.not_undone,
            .harness_broke = gate.harness_broke,
            .because = gate.because,
            .text = gate_text(facts, gate),
            .json = gate_json(facts, gate),
            .markdown = gate_markdown(facts, gate),
            .html = gate_html(facts, gate),
            .junit = gate_junit(facts, gate),
            .prometheus = gate_prometheus(facts, gate)};
}

RegisterGate const registered{{.name = "default", .judge = judge, .is_lost = is_lost}};

}  // namespace
}  // namespace interregnum
