// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "reports/gate/weigh.h"

/// A weighed gate as each reader is told it. All pure.
namespace interregnum {

/// One line for each part of the decision: "preflight", a drill, a threshold, a manual item.
/// Columns: what, what came, verdict ("" where there is none).
[[nodiscard]] std::vector<std::vector<std::string>> gate_rows(GateFacts const& facts,
                                                              WeighedGate const& gate);
/// What stays to be known by who signs: warnings and notes of the preflight, what it could not
/// find out, what the suite does not play.
[[nodiscard]] std::vector<std::string> gate_risks(GateFacts const& facts);

[[nodiscard]] std::string gate_text(GateFacts const& facts, WeighedGate const& gate);
[[nodiscard]] std::string gate_markdown(GateFacts const& facts, WeighedGate const& gate);
[[nodiscard]] std::string gate_html(GateFacts const& facts, WeighedGate const& gate);
[[nodiscard]] std::string gate_json(GateFacts const& facts, WeighedGate const& gate);
[[nodiscard]] std::string gate_junit(GateFacts const& facts, WeighedGate const& gate);
/// Decision, verdicts and numbers for the textfile collector of a node exporter.
[[nodiscard]] std::string gate_prometheus(GateFacts const& facts, WeighedGate const& gate);

}  // namespace interregnum
