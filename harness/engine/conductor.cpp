// SPDX-License-Identifier: MIT
#include "harness/engine/conductor.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/log.h"
#include "harness/base/units.h"
#include "harness/engine/safety.h"
#include "harness/record/judgement.h"

namespace interregnum {

namespace {

using namespace std::chrono_literals;
using record::Note;

std::string_view kind_of(Step const& step) {
    if (std::holds_alternative<FaultStep>(step.what)) return "fault";
    if (std::holds_alternative<AwaitStep>(step.what)) return "await";
    if (std::holds_alternative<HealStep>(step.what)) return "heal";
    if (std::holds_alternative<TemplateStep>(step.what)) return "template";
    return "steady";
}

/// What one more fault may take until it is proved: its random wait, its commands, its evidence.
constexpr Duration until_next_proved = 2min;

/// Lag that still counts as "near zero" while customers go on writing.
constexpr std::int64_t redundant_lag_bytes = 1 << 20;

}  // namespace

std::string role_text(FaultStep const& step) {
    std::string text;
    for (OptionSpec const& spec : step.kind->options)
        if (spec.type == OptionType::role && step.options.has(spec.name))
            text += fmt::format("{}{}", text.empty() ? "" : " ",
                                fmt::join(step.options.roles(spec.name), ","));
    return text;
}

Conductor::Conductor(Stage stage) : stage_(std::move(stage)), draws_(stage_.seed) {}

record::Offset Conductor::now() const { return stage_.tools.clock.now() - stage_.tools.origin; }

void Conductor::note(Note::Effect effect, std::string text) {
    if (effect == Note::Effect::none)
        log::info("drill.note", text);
    else
        log::warn("drill.note", text);
    stage_.tools.sink.write(Note{.effect = effect, .text = std::move(text), .at = now()});
}

bool Conductor::play(std::vector<Step> const& steps, std::stop_token stop) {
    for (std::size_t index = 0; index < steps.size(); ++index) {
        Step const& step = steps[index];
        record::StepEvent event{.index = static_cast<int>(index),
                                .kind = std::string(kind_of(step)),
                                .text = step.text,
                                .finished = false,
                                .ok = true,
                                .at = now(),
                                .detail = {}};
        stage_.tools.sink.write(event);
        log::info("step.began", step.text);
        event.ok = play_one(step, event.index, stop, event.detail);
        event.finished = true;
        event.at = now();
        stage_.tools.sink.write(event);
        log::info(event.ok ? "step.ended" : "step.failed",
                  step.text + (event.detail.empty() ? "" : ": " + event.detail));
        if (!event.ok || stop.stop_requested()) return false;
    }
    return true;
}

bool Conductor::play_one(Step const& step, int index, std::stop_token const& stop,
                         std::string& outcome) {
    if (auto const* fault = std::get_if<FaultStep>(&step.what))
        return play_fault(*fault, index, stop, outcome);
    if (auto const* steady = std::get_if<SteadyStep>(&step.what))
        return be_steady(steady->span, stop, outcome);
    if (auto const* wait = std::get_if<AwaitStep>(&step.what)) {
        if (wait->condition == Condition::writable && !stage_.tally.anybody_writes()) {
            outcome =
                "not waited for: no customer writes through an entry point, so nobody can tell";
            note(Note::Effect::inconclusive,
                 fmt::format("step {}: {}: {}", index + 1, step.text, outcome));
            return true;
        }
        if (await(wait->condition, wait->within, stop, outcome)) {
            // A server that is lost after this is not lost by a fault from before it.
            if (wait->condition == Condition::redundant)
                std::erase_if(booting_, [](ActiveFault& fault) {
                    return fault.look_for_boots().has_value();
                });
            return true;
        }
        if (!stop.stop_requested())
            note(Note::Effect::none, fmt::format("{}: not within {}: {}", step.text,
                                                 format_duration(wait->within), outcome));
        return false;
    }
    if (std::holds_alternative<HealStep>(step.what)) return heal_all();
    outcome = "the steps that it stands for were not made";
    note(Note::Effect::error, fmt::format("{}: {}", step.text, outcome));
    return false;
}

bool Conductor::be_steady(Duration span, std::stop_token const& stop, std::string& outcome) {
    std::stop_source either;
    auto const ask = [&either] { either.request_stop(); };
    std::stop_callback const stopped(stop, ask);
    std::stop_callback const enough(stage_.enough, ask);
    if (stage_.tools.clock.sleep_for(span, either.get_token())) return true;
    if (stop.stop_requested()) return false;
    outcome = "ended by hand";
    return true;
}

bool Conductor::play_fault(FaultStep const& step, int index, std::stop_token const& stop,
                           std::string& outcome) {
    // A look takes its time while a node is cut off: none for what the step says itself.
    Duration const longest = step.random_wait ? *step.random_wait : stage_.look(stop).loop_wait;
    // Each fault gets its own draw, so that adding a step does not move the others.
    Duration const wait = draws_.wait(longest);
    log::info("fault.waits",
              fmt::format("{} (seeded, up to {})", format_seconds(wait), format_duration(longest)));
    if (!stage_.tools.clock.sleep_for(wait, stop)) return false;

    ClusterView view = stage_.look(stop);
    view.draw = draws_.choice();
    for (NodeView const& node : view.nodes) {
        if (node.etcd_leader)
            stage_.tools.sink.write(
                record::Fact{.name = "etcd_leader_at_fault", .value = node.name, .at = now()});
    }
    std::vector<std::string> const targets = targets_of(*step.kind, step.options, view);
    std::string const role = role_text(step);
    if (targets.empty()) {
        outcome = fmt::format("nobody is {} now", role);
        note(Note::Effect::inconclusive,
             fmt::format("step {}: {}: {}", index + 1, step.kind->name, outcome));
        return false;
    }
    int const number = ++faults_made_;
    std::string const mark = fmt::format("{}_f{}", stage_.run_mark, number);
    auto plan = step.kind->plan({.id = mark,
                                 .options = step.options,
                                 .targets = targets,
                                 .view = view,
                                 .lease = step.lease});
    if (!plan) {
        outcome = plan.error().message;
        note(Note::Effect::error, fmt::format("{}: {}", step.kind->name, outcome));
        return false;
    }
    if (auto const reasons = objections(*plan, lost_now(), view, stage_.limits); !reasons.empty()) {
        outcome = fmt::format("refused: {}", fmt::join(reasons, "; "));
        note(Note::Effect::inconclusive, fmt::format("{}: {}", step.kind->name, outcome));
        return false;
    }
    outcome = fmt::format("{} ({})", fmt::join(targets, ", "), role);
    auto fault = ActiveFault::inject({.id = fmt::format("f{}", number),
                                      .mark = mark,
                                      .kind = std::string(step.kind->name),
                                      .role = role,
                                      .lease = step.lease,
                                      .slack = step.with_next ? until_next_proved : Duration()},
                                     std::move(*plan), stage_.tools, stop);
    if (!fault) {
        outcome = fault.error().message;
        tell_not_injected(index, fault.error(), stop);
        return false;
    }
    Instant const injected = stage_.tools.clock.now();
    Duration const hold = std::max(fault->plan().hold, fault->plan().stays_silent_for);
    active_.push_back({.fault = std::move(*fault), .step = index + 1, .until = injected + hold});
    ActiveFault& in_force = active_.back().fault;
    for (std::string const& reason : in_force.plan().proves_nothing)
        note(Note::Effect::inconclusive, fmt::format("step {}: {}", index + 1, reason));
    bool const proved = in_force.prove(stop);
    if (proved && step.with_next && !stop.stop_requested()) return true;
    return hold_and_undo(proved, stop);
}

void Conductor::tell_not_injected(int index, Error const& why, std::stop_token const& stop) {
    // Of a lock that was lost the run tells itself, once.
    if (why.kind == Error::Kind::refused) return;
    if (why.kind == Error::Kind::unreachable && stop.stop_requested()) return;
    if (why.kind == Error::Kind::unreachable)
        note(Note::Effect::inconclusive,
             fmt::format("step {}: nothing was injected: {}", index + 1, why.message));
    else
        note(Note::Effect::error,
             "the undo could not be promised, so nothing was injected: " + why.message);
}

bool Conductor::hold_and_undo(bool held, std::stop_token const& stop) {
    bool undone = true;
    while (!active_.empty()) {
        auto const next = std::ranges::min_element(active_, {}, &InForce::until);
        held = held && stage_.tools.clock.sleep_until(next->until, stop);
        if (held)
            if (std::string const early = next->fault.ended_too_soon(stop); !early.empty())
                note(Note::Effect::inconclusive, fmt::format("step {}: {}", next->step, early));
        undone = undo(*next) && undone;
        active_.erase(next);
    }
    return held && undone;
}

std::vector<std::string> Conductor::lost_now() const {
    std::vector<std::string> lost;
    for (InForce const& one : active_)
        lost.insert(lost.end(), one.fault.plan().nodes_lost.begin(),
                    one.fault.plan().nodes_lost.end());
    return lost;
}

bool Conductor::undo(InForce& one) {
    if (std::string const early = one.fault.answered_too_soon(); !early.empty())
        note(Note::Effect::inconclusive, fmt::format("step {}: {}", one.step, early));
    bool const undone = tell_undone(one.fault, one.fault.undo(undo_patience));
    if (one.fault.awaits_boots()) booting_.push_back(std::move(one.fault));
    return undone;
}

bool Conductor::await_boots() {
    bool all = true;
    for (ActiveFault& fault : booting_) all = tell_undone(fault, fault.await_boots()) && all;
    booting_.clear();
    return all;
}

bool Conductor::tell_undone(ActiveFault const& fault, Status const& done) {
    if (!done)
        note(Note::Effect::not_undone,
             fmt::format("{} on {} could not be undone: {}", fault.id(),
                         fmt::join(fault.plan().targets, ", "), done.error().message));
    return done.has_value();
}

bool Conductor::heal_all() {
    bool all = true;
    while (!active_.empty()) {
        all = undo(active_.back()) && all;
        active_.pop_back();
    }
    return all;
}

std::string Conductor::lacking(Condition condition, record::Offset since,
                               std::stop_token const& stop) {
    switch (condition) {
        case Condition::writable: {
            auto const entries = stage_.tally.not_writable_since(since);
            if (entries.empty()) return {};
            return fmt::format("no good write yet through {}", fmt::join(entries, ", "));
        }
        case Condition::stable: {
            auto const missing = stage_.tally.last_missing();
            record::Offset const quiet_since = std::max(since, missing.value_or(since));
            if (now() - quiet_since >= record::stable_span) return {};
            return fmt::format("the last missing attempt was {} ago",
                               format_seconds(now() - quiet_since));
        }
        case Condition::redundant: {
            auto const reasons = not_redundant_because(stage_.look(stop), redundant_lag_bytes);
            return fmt::format("{}", fmt::join(reasons, "; "));
        }
        case Condition::caught_up: {
            ClusterView const view = stage_.look(stop);
            std::vector<std::string> behind;
            for (NodeView const& node : view.nodes)
                if (node.group == "db" && node.role != "leader" &&
                    (node.lag_bytes < 0 || node.lag_bytes > redundant_lag_bytes))
                    behind.push_back(fmt::format("{} ({} bytes)", node.name, node.lag_bytes));
            return behind.empty() ? "" : fmt::format("behind: {}", fmt::join(behind, ", "));
        }
    }
    return "unknown condition";
}

bool Conductor::await(Condition condition, Duration within, std::stop_token stop,
                      std::string& why_not) {
    record::Offset const since = now();
    Instant const deadline = stage_.tools.clock.now() + within;
    // Seen twice in a row: one look can catch a lucky moment between two bad ones.
    int good_looks = 0;
    Instant next_word = stage_.tools.clock.now() + 10s;
    while (!stop.stop_requested()) {
        std::string const lack = lacking(condition, since, stop);
        good_looks = lack.empty() ? good_looks + 1 : 0;
        if (good_looks >= 2) {
            why_not.clear();
            return true;
        }
        if (!lack.empty()) why_not = lack;
        Instant const at = stage_.tools.clock.now();
        if (at >= deadline) return false;
        if (at >= next_word && !lack.empty()) {
            log::info("await.waits", lack);
            next_word = at + 10s;
        }
        stage_.tools.clock.sleep_for(250ms, stop);
    }
    why_not = "stopped";
    return false;
}

}  // namespace interregnum
