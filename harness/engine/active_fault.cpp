// SPDX-License-Identifier: MIT
#include "harness/engine/active_fault.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "harness/base/log.h"
#include "harness/base/units.h"
#include "harness/engine/sweep.h"

namespace interregnum {

using record::FaultStage;

namespace {

/// For a cloud that was asked too often, or too early.
constexpr Duration patience_with_the_gone = std::chrono::seconds(20);

/// However late it is asked: one look may come in a bad moment.
constexpr Duration least_boot_patience = std::chrono::seconds(10);

/// The commands of one node, in their order.
std::vector<FaultCommand> of_node(std::vector<FaultCommand> const& commands,
                                  std::string const& node) {
    std::vector<FaultCommand> found;
    std::ranges::copy_if(commands, std::back_inserter(found),
                         [&](FaultCommand const& command) { return command.node == node; });
    return found;
}

/// The longest time a fault can be in force even while its lease is renewed.
Duration longest_in_force(FaultPlan const& plan) {
    Duration longest = plan.hold + std::chrono::seconds(30);
    for (Evidence const& evidence : plan.evidence) longest += evidence.within;
    for (FaultCommand const& command : plan.inject) longest += command.timeout;
    return longest;
}

}  // namespace

std::vector<std::string> nodes_to_arm(FaultPlan const& plan) {
    std::vector<std::string> nodes;
    if (plan.self_heal == SelfHeal::controller) return nodes;
    for (FaultCommand const& command : plan.undo)
        if (!command.node.empty() && std::ranges::find(nodes, command.node) == nodes.end())
            nodes.push_back(command.node);
    return nodes;
}

ActiveFault::ActiveFault(Name name, FaultPlan plan, FaultTools tools)
    : name_(std::move(name)),
      plan_(std::move(plan)),
      tools_(std::move(tools)),
      boots_(plan_.boots) {
    armed_nodes_ = nodes_to_arm(plan_);
    for (std::string const& node : armed_nodes_)
        armings_.push_back({.id = name_.mark,
                            .kind = name_.kind,
                            .lease = name_.lease,
                            .limit = longest_in_force(plan_) + name_.slack,
                            .inject = of_node(plan_.inject, node),
                            .undo = of_node(plan_.undo, node),
                            .renew = of_node(plan_.renew, node)});
}

void ActiveFault::tell(FaultStage stage, std::string detail) {
    tools_.sink.write(record::FaultEvent{.fault_id = name_.id,
                                         .kind = name_.kind,
                                         .stage = stage,
                                         .targets = plan_.targets,
                                         .role = name_.role,
                                         .at = tools_.clock.now() - tools_.origin,
                                         .detail = std::move(detail)});
}

std::vector<FaultCommand> ActiveFault::undo_commands() const {
    std::vector<FaultCommand> commands = plan_.undo;
    for (std::string const& node : armed_nodes_)
        commands.push_back(disarm_command(node, name_.mark));
    return commands;
}

UndoOfTheOthers ActiveFault::undo_of_the_others() const {
    if (!tools_.why_gone || tools_.inventory == nullptr)
        return {.commands = undo_commands(), .of_the_gone = {}, .gone = {}};
    return split_off_power_of_the_gone(undo_commands(), *tools_.inventory, tools_.why_gone);
}

Status ActiveFault::arm(std::stop_token const& stop) {
    std::vector<FaultCommand> commands;
    commands.reserve(armings_.size());
    for (std::size_t index = 0; index < armings_.size(); ++index)
        commands.push_back({.node = armed_nodes_[index],
                            .argv = {"sh", "-s"},
                            .input = arm_text(armings_[index], sweep_script())});
    return first_failure(tools_.hands.run(commands, stop));
}

std::vector<FaultCommand> ActiveFault::firing() const {
    std::vector<FaultCommand> commands;
    for (FaultCommand const& command : plan_.inject)
        if (std::ranges::find(armed_nodes_, command.node) == armed_nodes_.end())
            commands.push_back(command);
    for (std::size_t index = 0; index < armings_.size(); ++index)
        if (!armings_[index].inject.empty())
            commands.push_back(fire_command(armed_nodes_[index], armings_[index]));
    return commands;
}

Status ActiveFault::still_ours(std::stop_token const& stop) const {
    return tools_.still_ours ? tools_.still_ours(stop) : Status();
}

void ActiveFault::keep_lease() {
    if (armed_nodes_.empty()) return;
    std::vector<FaultCommand> renewals;
    renewals.reserve(armed_nodes_.size());
    for (std::string const& node : armed_nodes_)
        renewals.push_back(renew_command(node, name_.mark));
    keeper_.emplace(tools_.hands, tools_.sink, tools_.clock, tools_.origin, name_.id,
                    std::move(renewals), name_.lease);
}

Result<ActiveFault> ActiveFault::inject(Name name, FaultPlan plan, FaultTools tools,
                                        std::stop_token stop) {
    ActiveFault fault(std::move(name), std::move(plan), std::move(tools));
    fault.look_before(stop);
    if (Status const ours = fault.still_ours(stop); !ours) return std::unexpected(ours.error());
    auto promised = fault.tools_.journal.promise({.fault_id = fault.name_.id,
                                                  .kind = fault.name_.kind,
                                                  .targets = fault.plan_.targets,
                                                  .undo = fault.undo_commands(),
                                                  .summary = fault.plan_.summary});
    if (!promised) return std::unexpected(promised.error());
    Status done = fault.arm(stop);
    if (done) {
        fault.keep_lease();
        fault.tell(FaultStage::armed,
                   fault.armed_nodes_.empty()
                       ? fault.plan_.summary
                       : fmt::format("{}; healed without us {} after the last renewal",
                                     fault.plan_.summary, format_duration(fault.name_.lease)));
        std::vector<FaultCommand> const commands = fault.firing();
        // Once more: who was suspended while the nodes were armed would inject hours later.
        done = fault.still_ours(stop);
        if (done) {
            fault.tools_.hands.poise(commands, stop);
            fault.tell(FaultStage::injecting, "");
            fault.fired_ = true;
            done = first_failure(fault.tools_.hands.run(commands, stop));
        }
    }
    fault.injected_at_ = fault.tools_.clock.now();
    if (fault.keeper_) fault.keeper_->inject_is_over(fault.injected_at_);
    if (!done) {
        fault.tell(FaultStage::inject_failed, done.error().message);
        return fault;
    }
    fault.injected_ = true;
    fault.tell(FaultStage::injected, "");
    return fault;
}

void ActiveFault::look_before(std::stop_token const& stop) {
    boots_.look_before(tools_.hands, stop);
    for (Evidence const& evidence : plan_.evidence) {
        before_.emplace_back();
        if (evidence.relation == Evidence::Relation::silent) continue;
        auto const seen = tools_.hands.run_one(evidence.command, stop);
        if (!seen) continue;
        before_.back() = evidence.relation == Evidence::Relation::changed
                             ? seen->out
                             : std::to_string(seen->exit_status);
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
            if (before_[index] == "0")
                return fmt::format("{}: so it was before the injection", evidence.what);
            return seen->exit_status == 0 ? ""
                                          : fmt::format("{}: exit status {} {}", evidence.what,
                                                        seen->exit_status, seen->err);
        case Evidence::Relation::changed:
            if (!seen) return fmt::format("{}: {}", evidence.what, seen.error().message);
            if (before_[index].empty())
                return fmt::format("{}: nothing was there before the injection", evidence.what);
            // A look that failed prints other things than before, too.
            if (seen->exit_status != 0)
                return fmt::format("{}: exit status {} {}", evidence.what, seen->exit_status,
                                   seen->err);
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
    watch_silence();
    return true;
}

void ActiveFault::watch_silence() {
    // What no lease ends, and nobody looks at, may end by itself: a cloud restarts its servers.
    Duration const silent_for = plan_.self_heal == SelfHeal::controller
                                    ? std::max(plan_.stays_silent_for, plan_.hold)
                                    : plan_.stays_silent_for;
    std::vector<SilenceWatch::Look> looks;
    for (Evidence const& evidence : plan_.evidence) {
        if (evidence.relation != Evidence::Relation::silent) continue;
        std::string before = boots_.boot_before(evidence.command.node);
        looks.push_back({.command = before.empty() ? evidence.command
                                                   : Boots::boot_id_of(evidence.command.node),
                         .before = std::move(before),
                         .going_down = evidence.within});
    }
    if (looks.empty() || silent_for <= Duration()) return;
    silence_.emplace(tools_.hands, tools_.clock, std::move(looks), injected_at_, silent_for);
}

std::string ActiveFault::answered_too_soon() {
    if (!silence_) return "";
    auto const answer = silence_->finish();
    silence_.reset();
    if (!answer) return "";
    bool const before_ttl = answer->after < plan_.stays_silent_for;
    return fmt::format("{} answered again after {}, sooner than {}: {}", answer->node,
                       format_seconds(answer->after),
                       format_duration(before_ttl ? plan_.stays_silent_for : plan_.hold),
                       before_ttl ? "nobody had to take over" : "it was to stay off until then");
}

std::string ActiveFault::ended_too_soon(std::stop_token const& stop) {
    if (plan_.self_heal != SelfHeal::by_itself || plan_.hold <= Duration()) return "";
    for (std::size_t index = 0; index < plan_.evidence.size(); ++index) {
        std::string const lacking = missing(index, stop);
        if (lacking.empty() || stop.stop_requested()) continue;
        return fmt::format(
            "it was not in force for its {} ({}): \"for\" is to be less than it lasts",
            format_duration(plan_.hold), lacking);
    }
    return "";
}

bool ActiveFault::switch_on_the_gone(std::vector<FaultCommand> const& commands, Duration patience) {
    Instant const deadline = tools_.clock.now() + std::min(patience, patience_with_the_gone);
    bool all = true;
    for (FaultCommand const& command : commands) {
        auto on = tools_.hands.run_one(command, {});
        while (!(on && on->exit_status == 0) && tools_.clock.now() < deadline &&
               tools_.clock.sleep_for(std::chrono::seconds(2), {}))
            on = tools_.hands.run_one(command, {});
        all = all && on && on->exit_status == 0;
    }
    return all;
}

Status ActiveFault::undo(Duration patience) {
    tell(FaultStage::undoing, "");
    // First of all: a renewal that came after the undo would find the node healed, and say so.
    keeper_.reset();
    silence_.reset();
    Instant const deadline = tools_.clock.now() + patience;
    Status done;
    std::string gone;
    do {
        UndoOfTheOthers const others = undo_of_the_others();
        auto outcomes = tools_.hands.run(others.commands, {}, Hands::Here::each);
        gone = leave_out_the_gone(outcomes, plan_.targets, tools_.why_gone);
        done = first_failure(outcomes);
        if (done && !switch_on_the_gone(others.of_the_gone, patience) && gone.empty())
            gone = others.gone;
        if (done) break;
    } while (tools_.clock.sleep_for(std::chrono::seconds(1), {}) && tools_.clock.now() < deadline);
    undone_at_ = tools_.clock.now();
    awaits_boots_ = done && fired_ && boots_.any();
    if (done && !awaits_boots_) done = tools_.journal.kept(name_.id);
    tell(done ? FaultStage::undone : FaultStage::undo_failed, done ? gone : done.error().message);
    return done;
}

Status ActiveFault::look_for_boots() {
    if (!awaits_boots_) return {};
    Duration const told = tools_.clock.now() - undone_at_;
    if (!boots_.all_back(tools_.hands, told, tools_.why_gone))
        return fail(Error::Kind::timeout,
                    fmt::format("not back {} after it was to boot again: {}; switch it on, or look "
                                "at its console",
                                format_seconds(told), boots_.missing()));
    Status done = tools_.journal.kept(name_.id);
    awaits_boots_ = !done;
    return done;
}

Status ActiveFault::await_boots() {
    Instant const deadline =
        std::max(undone_at_ + boot_patience, tools_.clock.now() + least_boot_patience);
    Status back = look_for_boots();
    if (!back)
        log::info("boots.awaited", fmt::format("{}; at most {} more", back.error().message,
                                               format_seconds(deadline - tools_.clock.now())));
    while (!back && tools_.clock.now() < deadline &&
           tools_.clock.sleep_for(std::chrono::seconds(1), {}))
        back = look_for_boots();
    if (!back) tell(FaultStage::undo_failed, back.error().message);
    return back;
}

}  // namespace interregnum
