// SPDX-License-Identifier: MIT
#include "harness/engine/needs_check.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/faults/support/needs.h"

namespace interregnum {

namespace {

std::vector<std::string_view> needs_of(FaultStep const& step) {
    return step.kind->needs == nullptr ? std::vector<std::string_view>()
                                       : step.kind->needs(step.options);
}

/// Whether the step names that node, rather than a role that the node has now.
bool names(FaultStep const& step, std::string const& node) {
    return std::ranges::any_of(step.kind->options, [&](OptionSpec const& spec) {
        if (spec.type != OptionType::role || !step.options.has(spec.name)) return false;
        auto const& given = step.options.roles(spec.name);
        return std::ranges::find(given, node) != given.end();
    });
}

std::string reason(std::string_view need_name, std::vector<std::string> const& unable) {
    Need const* const need = find_need(need_name);
    return fmt::format("{} cannot: {}{}", fmt::join(unable, ", "),
                       need == nullptr ? need_name : need->what,
                       need == nullptr ? "" : fmt::format(". Remedy: {}", need->remedy));
}

/// Why this step cannot be played, or "".
std::string why_not(FaultStep const& step, ClusterView const& view,
                    std::vector<NodeCapabilities> const& all) {
    std::vector<std::string> const nodes = possible_targets(step, view);
    std::vector<std::string> reasons;
    for (NodeCapabilities const& one : all)
        if (!one.problem.empty() && std::ranges::find(nodes, one.node) != nodes.end())
            reasons.push_back(fmt::format("{}: {}", one.node, one.problem));
    for (std::string_view const need : needs_of(step)) {
        std::vector<std::string> unable;
        for (NodeCapabilities const& one : all)
            if (one.problem.empty() && !one.has(need) &&
                std::ranges::find(nodes, one.node) != nodes.end())
                unable.push_back(one.node);
        if (!unable.empty()) reasons.push_back(reason(need, unable));
    }
    return fmt::format("{}", fmt::join(reasons, "; "));
}

}  // namespace

std::vector<std::string> possible_targets(FaultStep const& step, ClusterView const& view) {
    std::set<std::string> possible;
    for (std::string const& target : targets_of(*step.kind, step.options, view)) {
        possible.insert(target);
        NodeView const* const node = view.node(target);
        if (node == nullptr || names(step, target)) continue;
        for (NodeView const& other : view.nodes)
            if (other.group == node->group) possible.insert(other.name);
    }
    return {possible.begin(), possible.end()};
}

std::vector<std::string> impossible_because(std::vector<Step> const& steps, ClusterView const& view,
                                            std::vector<NodeCapabilities> const& all) {
    std::vector<std::string> impossible;
    for (std::size_t index = 0; index < steps.size(); ++index) {
        auto const* fault = std::get_if<FaultStep>(&steps[index].what);
        if (fault == nullptr || needs_of(*fault).empty()) continue;
        std::string const why = why_not(*fault, view, all);
        if (!why.empty())
            impossible.push_back(
                fmt::format("step {} ({}): {}", index + 1, steps[index].text, why));
    }
    return impossible;
}

std::vector<std::string> impossible_steps(Fleet& fleet, std::vector<Step> const& steps,
                                          ClusterView const& view, std::stop_token stop) {
    std::set<std::string> matter;
    for (Step const& step : steps) {
        auto const* fault = std::get_if<FaultStep>(&step.what);
        if (fault == nullptr || needs_of(*fault).empty()) continue;
        for (std::string const& node : possible_targets(*fault, view)) matter.insert(node);
    }
    if (matter.empty()) return {};
    return impossible_because(
        steps, view, ask_capabilities(fleet, {matter.begin(), matter.end()}, std::move(stop)));
}

}  // namespace interregnum
