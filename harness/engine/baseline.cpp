// SPDX-License-Identifier: MIT
#include "harness/engine/baseline.h"

#include <chrono>
#include <variant>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/engine/conductor.h"
#include "harness/engine/needs_check.h"

namespace interregnum {

namespace {

using namespace std::chrono_literals;

/// A dead cluster must not hold the harness for longer.
constexpr Duration patience = 60s;

/// The first step that is aimed at nobody, as a sentence; "" when there is none.
std::string aimed_at_nobody(std::vector<Step> const& steps, ClusterView const& view) {
    for (Step const& step : steps) {
        auto const* fault = std::get_if<FaultStep>(&step.what);
        if (fault == nullptr || !targets_of(*fault->kind, fault->options, view).empty()) continue;
        return fmt::format("{}: nobody is \"{}\" in this cluster; nothing was touched", step.text,
                           role_text(*fault));
    }
    return {};
}

}  // namespace

std::vector<std::string> not_healthy_because(ClusterView const& view) {
    auto reasons = not_redundant_because(view, 1 << 20);
    if (view.paused)
        reasons.emplace_back("Patroni is paused (maintenance mode): it would not fail over");
    return reasons;
}

std::vector<std::string> no_baseline_because(BaselineQuestion const& question,
                                             std::stop_token const& stop) {
    if (!question.interruptions.empty()) {
        record::SpotNotice const& notice = question.interruptions.front();
        return {fmt::format("AWS takes {} back ({} at {}), so nothing was touched", notice.node,
                            notice.action, notice.time)};
    }
    Instant const deadline = question.clock.now() + patience;
    std::vector<std::string> reasons;
    do {
        ClusterView const view = question.look(stop);
        reasons = not_healthy_because(view);
        if (!reasons.empty()) continue;
        if (std::string nobody = aimed_at_nobody(question.steps, view); !nobody.empty())
            return {std::move(nobody)};
        auto impossible = impossible_steps(question.fleet, question.steps, view, stop);
        for (std::string& reason : impossible) reason.insert(0, "skipped, nothing was touched: ");
        return impossible;
    } while (question.clock.now() < deadline && question.clock.sleep_for(500ms, stop));
    return {fmt::format("the cluster was not healthy before the drill, so nothing was touched: {}",
                        fmt::join(reasons, "; "))};
}

}  // namespace interregnum
