// SPDX-License-Identifier: MIT
#include "harness/engine/active_fault.h"

#include <utility>

#include <fmt/format.h>

namespace interregnum {

using record::FaultStage;

ActiveFault::ActiveFault(std::string id, std::string kind, std::string role, FaultPlan plan,
                         FaultTools tools)
    : id_(std::move(id)),
      kind_(std::move(kind)),
      role_(std::move(role)),
      plan_(std::move(plan)),
      tools_(tools) {}

void ActiveFault::tell(FaultStage stage, std::string detail) {
    tools_.sink.write(record::FaultEvent{.fault_id = id_,
                                         .kind = kind_,
                                         .stage = stage,
                                         .targets = plan_.targets,
                                         .role = role_,
                                         .at = tools_.clock.now() - tools_.origin,
                                         .detail = std::move(detail)});
}

Result<ActiveFault> ActiveFault::inject(std::string id, std::string kind, std::string role,
                                        FaultPlan plan, FaultTools tools, std::stop_token stop) {
    ActiveFault fault(std::move(id), std::move(kind), std::move(role), std::move(plan), tools);
    fault.look_before(stop);
    auto promised = tools.journal.promise({.fault_id = fault.id_,
                                           .kind = fault.kind_,
                                           .targets = fault.plan_.targets,
                                           .undo = fault.plan_.undo,
                                           .summary = fault.plan_.summary});
    if (!promised) return std::unexpected(promised.error());
    fault.tell(FaultStage::armed, fault.plan_.summary);
    fault.tell(FaultStage::injecting, "");
    auto const outcomes = tools.hands.run(fault.plan_.inject, stop);
    if (auto done = first_failure(outcomes); !done) {
        fault.tell(FaultStage::inject_failed, done.error().message);
        return fault;
    }
    fault.injected_ = true;
    fault.tell(FaultStage::injected, "");
    return fault;
}

void ActiveFault::look_before(std::stop_token const& stop) {
    for (Evidence const& evidence : plan_.evidence) {
        if (evidence.relation != Evidence::Relation::changed) {
            before_.emplace_back();
            continue;
        }
        auto const seen = tools_.hands.run_one(evidence.command, stop);
        before_.push_back(seen ? seen->out : "");
    }
}

std::string ActiveFault::missing(std::size_t index, std::stop_token const& stop) {
    Evidence const& evidence = plan_.evidence[index];
    auto const seen = tools_.hands.run_one(evidence.command, stop);
    switch (evidence.relation) {
        case Evidence::Relation::silent:
            return seen ? fmt::format("{}: the node still answers", evidence.what) : "";
        case Evidence::Relation::succeeds:
            if (!seen) return fmt::format("{}: {}", evidence.what, seen.error().message);
            return seen->exit_status == 0
                       ? ""
                       : fmt::format("{}: exit status {}", evidence.what, seen->exit_status);
        case Evidence::Relation::changed:
            if (!seen) return fmt::format("{}: {}", evidence.what, seen.error().message);
            if (before_[index].empty())
                return fmt::format("{}: nothing was there before the injection", evidence.what);
            return seen->out != before_[index]
                       ? ""
                       : fmt::format("{}: as before the injection", evidence.what);
    }
    return "unknown relation";
}

bool ActiveFault::prove(std::stop_token stop) {
    if (!injected_) {
        tell(FaultStage::unverified, "the injection failed");
        return false;
    }
    std::string proof;
    for (std::size_t index = 0; index < plan_.evidence.size(); ++index) {
        Instant const deadline = tools_.clock.now() + plan_.evidence[index].within;
        std::string lacking = missing(index, stop);
        while (!lacking.empty() && tools_.clock.now() < deadline &&
               tools_.clock.sleep_for(std::chrono::milliseconds(200), stop))
            lacking = missing(index, stop);
        if (!lacking.empty()) {
            tell(FaultStage::unverified, lacking);
            return false;
        }
        proof += (proof.empty() ? "" : "; ") + plan_.evidence[index].what;
    }
    tell(FaultStage::verified, proof);
    return true;
}

Status ActiveFault::undo(Duration patience) {
    tell(FaultStage::undoing, "");
    Instant const deadline = tools_.clock.now() + patience;
    Status done;
    do {
        auto const outcomes = tools_.hands.run(plan_.undo, {});
        done = first_failure(outcomes);
        if (done) break;
    } while (tools_.clock.sleep_for(std::chrono::seconds(1), {}) && tools_.clock.now() < deadline);
    if (done) done = tools_.journal.kept(id_);
    tell(done ? FaultStage::undone : FaultStage::undo_failed, done ? "" : done.error().message);
    return done;
}

}  // namespace interregnum
