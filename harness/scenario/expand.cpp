// SPDX-License-Identifier: MIT
#include "harness/scenario/expand.h"

#include <algorithm>
#include <numeric>
#include <random>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/scenario/templates.h"

namespace interregnum {

namespace {

using reading::Chaos;
using reading::ChaosFault;
using reading::Range;

using Nodes = std::vector<InventoryNode>;

Nodes of_group(Nodes const& nodes, std::string_view group) {
    Nodes found;
    std::ranges::copy_if(nodes, std::back_inserter(found), [&](InventoryNode const& node) {
        return group == "node" || node.group == group;
    });
    return found;
}

std::unexpected<Error> no_node(Step const& step, std::string_view group) {
    return fail(Error::Kind::invalid,
                fmt::format("{}: {}: the inventory has no {} node",
                            std::get<TemplateStep>(step.what).path, step.text, group));
}

std::vector<std::string> names_of(Nodes const& nodes) {
    std::vector<std::string> names;
    for (InventoryNode const& node : nodes) names.push_back(node.name);
    return names;
}

/// A step of a file, checked before: only its target and its times are other ones now.
Result<Step> step_of(Value const& value, std::string const& path, Nodes const& nodes) {
    std::vector<std::string> const names = names_of(nodes);
    Mistakes mistakes;
    FileMistakes of_file("the step", mistakes);
    auto step = reading::read_step(value, path, &names, of_file);
    if (!step || !mistakes.empty())
        return fail(Error::Kind::invalid, "a step cannot be made: " + mistakes.text());
    return std::move(*step);
}

Value text_value(std::string text) {
    return {.kind = Value::Kind::string, .at = {.line = 1, .column = 1}, .text = std::move(text)};
}

Value object_of(std::string_view key, std::string text) {
    Value made{.kind = Value::Kind::object, .at = {.line = 1, .column = 1}};
    made.members.push_back(
        {.key = std::string(key), .at = made.at, .value = text_value(std::move(text))});
    return made;
}

void set(Value& object, std::string_view key, Value value) {
    for (Member& member : object.members) {
        if (member.key != key) continue;
        member.value = std::move(value);
        return;
    }
    object.members.push_back({.key = std::string(key), .at = object.at, .value = std::move(value)});
}

Status add(Value const& value, std::string const& path, Nodes const& nodes,
           std::vector<Step>& into) {
    auto step = step_of(value, path, nodes);
    if (!step) return std::unexpected(step.error());
    into.push_back(std::move(*step));
    return {};
}

Status expand_for_each(Step const& step, Nodes const& nodes, std::vector<Step>& into) {
    auto const& [written, path, faults] = std::get<TemplateStep>(step.what);
    std::string const& over = written->find(reading::for_each_key)->text;
    Nodes const members = of_group(nodes, over);
    if (members.empty()) return no_node(step, over);
    for (InventoryNode const& node : members)
        for (Value one : written->find("steps")->items) {
            reading::replace_target(one, reading::each, node.name);
            if (Status added = add(one, path, nodes, into); !added) return added;
        }
    return {};
}

/// Draws that are the same wherever this runs: the library's distributions need not be.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : random_(seed) {}
    std::size_t below(std::size_t count) { return random_() % count; }
    /// In steps that people read well.
    Duration within(Range range) {
        using namespace std::chrono_literals;
        Duration const step = range.most - range.least < 10s ? Duration(100ms) : Duration(1s);
        auto const steps = static_cast<std::size_t>((range.most - range.least) / step);
        return range.least + step * static_cast<std::int64_t>(below(steps + 1));
    }

private:
    std::mt19937_64 random_;
};

/// The rounds of one chaos.
class Rounds {
public:
    Rounds(Chaos const& chaos, std::string path, Nodes const& nodes, std::uint64_t seed)
        : chaos_(&chaos), path_(std::move(path)), nodes_(&nodes), dice_(seed) {}

    Status draw(std::vector<Step>& into) {
        Duration planned{};
        while (true) {
            std::vector<Step> round;
            if (Status drawn = draw_round(round); !drawn) return drawn;
            planned += length_of(round);
            if (planned > chaos_->span) return {};
            into.insert(into.end(), round.begin(), round.end());
        }
    }

private:
    static Duration length_of(std::vector<Step> const& round) {
        Duration held{};
        Duration pause{};
        for (Step const& step : round) {
            if (auto const* fault = std::get_if<FaultStep>(&step.what))
                held = std::max(held, reading::planned_hold(*fault));
            if (auto const* steady = std::get_if<SteadyStep>(&step.what)) pause = steady->span;
        }
        return held + pause + reading::round_overhead;
    }

    Status draw_round(std::vector<Step>& round) {
        std::vector<ChaosFault const*> all;
        all.reserve(chaos_->faults.size());
        for (ChaosFault const& fault : chaos_->faults) all.push_back(&fault);
        ChaosFault const& first = choose(all);
        auto const node = draw_node(first, "");
        if (!first.any.empty() && node.empty())
            return fail(Error::Kind::invalid,
                        fmt::format("{}: the inventory has no node for \"{}\"", path_, first.any));
        Value one = made(first, node);
        std::optional<Value> other;
        if (chaos_->at_once > 1 && !node.empty() && dice_.below(2) == 1) other = partner(node);
        if (other) {
            set(one, reading::with_next_key,
                {.kind = Value::Kind::boolean, .at = one.at, .boolean = true});
            // They are to be in force together.
            set(*other, reading::random_wait_key, text_value("0s"));
        }
        if (Status added = add(one, path_, *nodes_, round); !added) return added;
        if (other)
            if (Status added = add(*other, path_, *nodes_, round); !added) return added;
        Value await = object_of("await", chaos_->await);
        set(await, reading::within_key, text_value(format_duration(chaos_->within)));
        if (Status added = add(await, path_, *nodes_, round); !added) return added;
        Duration const pause = dice_.within(chaos_->pause);
        if (pause.count() == 0) return {};
        return add(object_of("steady", format_duration(pause)), path_, *nodes_, round);
    }

    /// Another fault on another node; none when there is none to be had.
    std::optional<Value> partner(std::string const& node) {
        std::vector<ChaosFault const*> fit;
        for (ChaosFault const& fault : chaos_->faults)
            if (!candidates(fault, node).empty()) fit.push_back(&fault);
        if (fit.empty()) return std::nullopt;
        ChaosFault const& chosen = choose(fit);
        return made(chosen, draw_node(chosen, node));
    }

    ChaosFault const& choose(std::vector<ChaosFault const*> const& from) {
        auto const total =
            std::accumulate(from.begin(), from.end(), 0,
                            [](int sum, ChaosFault const* fault) { return sum + fault->weight; });
        auto left = static_cast<int>(dice_.below(static_cast<std::size_t>(total)));
        for (ChaosFault const* fault : from) {
            left -= fault->weight;
            if (left < 0) return *fault;
        }
        return *from.back();
    }

    /// The nodes that this fault can be drawn for while that other one has its own ("": none has).
    [[nodiscard]] Nodes candidates(ChaosFault const& fault, std::string const& taken) const {
        if (fault.any.empty()) return {};
        std::string_view const group = fault.any == "any:all_db"    ? "db"
                                       : fault.any == "any:all_app" ? "app"
                                                                    : "node";
        Nodes found = of_group(*nodes_, group);
        auto const other = std::ranges::find(*nodes_, taken, &InventoryNode::name);
        if (other == nodes_->end()) return found;
        std::size_t const members = of_group(*nodes_, other->group).size();
        constexpr std::size_t both = 2;
        // What the quorum guard would allow, if both take their node away.
        bool const two_may_go = other->group == "db" ? 2 * both < members : both < members;
        std::erase_if(found, [&](InventoryNode const& node) {
            return node.name == taken || (node.group == other->group && !two_may_go);
        });
        return found;
    }

    std::string draw_node(ChaosFault const& fault, std::string const& taken) {
        Nodes const found = candidates(fault, taken);
        return found.empty() ? "" : found[dice_.below(found.size())].name;
    }

    Value made(ChaosFault const& fault, std::string const& node) {
        Value step = fault.step;
        if (!fault.any.empty()) reading::replace_target(step, fault.any, node);
        for (auto const& [option, range] : fault.ranges)
            set(step, option, text_value(format_duration(dice_.within(range))));
        return step;
    }

    Chaos const* chaos_;
    std::string path_;
    Nodes const* nodes_;
    Dice dice_;
};

Status expand_chaos(Step const& step, Nodes const& nodes, std::uint64_t seed,
                    std::vector<Step>& into) {
    auto const& written = std::get<TemplateStep>(step.what);
    Mistakes ignored;  // it was read without one before
    FileMistakes of_file("", ignored);
    std::vector<FaultStep> unused;
    std::vector<std::string> const names = names_of(nodes);
    Chaos const chaos =
        reading::read_chaos(*written.written, written.path, &names, of_file, unused);
    if (chaos.faults.empty())
        return fail(Error::Kind::invalid, fmt::format("{}: no fault to draw", written.path));
    return Rounds(chaos, written.path, nodes, seed).draw(into);
}

}  // namespace

Result<Scenario> expanded(Scenario written, std::vector<InventoryNode> const& nodes,
                          std::uint64_t seed) {
    // An odd number far from those that people choose: neither the run's own draws nor two chaoses
    // of one scenario come from the same seed.
    constexpr std::uint64_t apart = 0x9E3779B97F4A7C15U;
    std::vector<Step> steps;
    for (std::size_t index = 0; index < written.steps.size(); ++index) {
        Step const& step = written.steps[index];
        auto const* const others = std::get_if<TemplateStep>(&step.what);
        if (others == nullptr) {
            steps.push_back(step);
            continue;
        }
        bool const is_chaos = others->written->find(reading::chaos_key) != nullptr;
        Status const done = is_chaos
                                ? expand_chaos(step, nodes, seed ^ (apart * (index + 1)), steps)
                                : expand_for_each(step, nodes, steps);
        if (!done) return std::unexpected(done.error());
    }
    written.steps = std::move(steps);
    return written;
}

}  // namespace interregnum
