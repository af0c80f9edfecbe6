// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "harness/engine/access.h"
#include "harness/engine/preflight.h"
#include "harness/faults/support/needs.h"

namespace interregnum {

namespace {

using Json = nlohmann::ordered_json;

std::string why_unfit(NodePreflight const& one) {
    if (!one.unreachable.empty()) return one.unreachable;
    if (!one.no_consent.empty()) return one.no_consent;
    return one.capabilities.problem;
}

/// "all", "none: db1, db2, db3 lack netem", "db2 lacks nft".
std::string group_text(KindPreflight const& kind, std::vector<NodePreflight> const& nodes,
                       std::string_view group) {
    std::map<std::string, std::vector<std::string>> lacking;  // nodes by what they lack
    std::size_t asked = 0;
    std::size_t unable = 0;
    for (NodePreflight const& one : nodes) {
        if (one.node.group != group || !one.unreachable.empty() ||
            !one.capabilities.problem.empty())
            continue;
        ++asked;
        auto const found =
            std::ranges::find(kind.lacking, one.node.name, &KindPreflight::Lacking::node);
        if (found == kind.lacking.end()) continue;
        ++unable;
        lacking[fmt::format("{}", fmt::join(found->needs, ", "))].push_back(one.node.name);
    }
    if (asked == 0) return "not known";
    if (unable == 0) return "all";
    std::string text = unable == asked ? "none" : "some";
    for (auto const& [needs, names] : lacking)
        text += fmt::format("; no {} on {}", needs, fmt::join(names, ", "));
    return text;
}

std::vector<std::string_view> lacking_needs(Preflight const& found) {
    std::vector<std::string_view> needs;
    for (Need const& need : all_needs())
        for (KindPreflight const& kind : found.kinds)
            for (KindPreflight::Lacking const& lacking : kind.lacking)
                if (std::ranges::find(lacking.needs, need.name) != lacking.needs.end() &&
                    std::ranges::find(needs, need.name) == needs.end())
                    needs.push_back(need.name);
    return needs;
}

std::vector<std::string_view> groups_of(Preflight const& found) {
    std::vector<std::string_view> groups;
    for (std::string_view const group : {"db", "app"})
        if (std::ranges::any_of(found.nodes,
                                [&](NodePreflight const& one) { return one.node.group == group; }))
            groups.push_back(group);
    return groups;
}

std::string nodes_text(Preflight const& found) {
    std::string text = "nodes\n";
    for (NodePreflight const& one : found.nodes) {
        std::string const why = why_unfit(one);
        text += fmt::format("  {:<8} {:<15} {:<4} {}\n", one.node.name, one.node.address,
                            one.node.group,
                            why.empty() ? "can be drilled" : "CANNOT BE DRILLED: " + why);
    }
    return text;
}

std::string kinds_text(Preflight const& found) {
    std::size_t width = 0;
    for (KindPreflight const& one : found.kinds) width = std::max(width, one.kind->name.size());
    std::string text = "faults, and where they are possible\n";
    for (KindPreflight const& one : found.kinds) {
        text += fmt::format("  {:<{}}", one.kind->name, width);
        for (std::string_view const group : groups_of(found))
            text += fmt::format("  {}: {}", group, group_text(one, found.nodes, group));
        text += "\n";
    }
    for (std::string_view const need : lacking_needs(found))
        text += fmt::format("  for {}: {}\n", need, find_need(need)->remedy);
    return text;
}

std::string power_text(PowerAccess const& power) {
    switch (power.kind) {
        case PowerAccess::Kind::lab:
            return "by the lab";
        case PowerAccess::Kind::sysrq:
            return "by sysrq: a server resets and boots by itself, it cannot be kept off";
        case PowerAccess::Kind::commands:
            return power.on.empty() ? "by commands, but there is none to switch it on again: "
                                      "drills that need it are refused"
                                    : "by commands";
        case PowerAccess::Kind::none:
            break;
    }
    return "not possible: the inventory has no \"power\"";
}

std::string cluster_text(Preflight const& found) {
    std::string text = "cluster\n";
    text += fmt::format("  etcd        {}\n", etcd_quorum_text(found.view));
    text += fmt::format("  power       {}\n", power_text(found.view.power));
    if (found.view.paused)
        text += "  Patroni     paused (maintenance mode): it would not fail over\n";
    text += fmt::format("  redundant   {}\n", found.not_redundant.empty() ? "yes" : "NO");
    for (std::string const& reason : found.not_redundant)
        text += fmt::format("              {}\n", reason);
    return text;
}

}  // namespace

std::string etcd_quorum_text(ClusterView const& view) {
    std::ptrdiff_t members = 0;
    std::ptrdiff_t healthy = 0;
    for (NodeView const& node : view.nodes) {
        if (node.group != "db") continue;
        ++members;
        healthy += node.etcd_healthy ? 1 : 0;
    }
    std::ptrdiff_t const spare = healthy - (members / 2 + 1);
    if (spare < 0) return fmt::format("{} of {} members healthy: NO QUORUM", healthy, members);
    return fmt::format("{} of {} members healthy; {} may fail", healthy, members,
                       spare == 0 ? "none" : std::to_string(spare));
}

std::string preflight_text(Preflight const& found) {
    std::vector<NodeCapabilities> abilities;
    for (NodePreflight const& one : found.nodes)
        if (one.unreachable.empty()) abilities.push_back(one.capabilities);
    std::string text = nodes_text(found);
    if (!abilities.empty()) {
        text += "what they can do\n" + capabilities_text(abilities);
        text += kinds_text(found);
    }
    text += cluster_text(found);
    if (!found.sudoers.empty()) {
        text += "the login needs, in /etc/sudoers.d/interregnum of each node (mode 0440)\n";
        std::string_view rest = found.sudoers;
        while (!rest.empty()) {
            std::size_t const end = rest.find('\n');
            text += fmt::format("  {}\n", rest.substr(0, end));
            rest.remove_prefix(end + 1);
        }
    }
    auto const unfit =
        std::ranges::count_if(found.nodes, [](NodePreflight const& one) { return !one.fit(); });
    text += unfit == 0 ? fmt::format("FIT: all {} nodes of {} can be drilled\n", found.nodes.size(),
                                     found.cluster)
                       : fmt::format("NOT FIT: {} of {} nodes of {} cannot be drilled\n", unfit,
                                     found.nodes.size(), found.cluster);
    return text + fitness_text(found.fitness, found.cluster);
}

std::string preflight_json(Preflight const& found) {
    Json json{{"cluster", found.cluster}, {"fit", found.fit()}, {"nodes", Json::array()}};
    for (NodePreflight const& one : found.nodes) {
        Json node{{"name", one.node.name},   {"address", one.node.address},
                  {"group", one.node.group}, {"fit", one.fit()},
                  {"why", why_unfit(one)},   {"can", Json::object()},
                  {"facts", Json::object()}};
        for (auto const& [name, can] : one.capabilities.can) node["can"][name] = can;
        for (auto const& [name, value] : one.capabilities.facts) node["facts"][name] = value;
        json["nodes"].push_back(std::move(node));
    }
    json["faults"] = Json::array();
    for (KindPreflight const& one : found.kinds) {
        Json kind{{"kind", one.kind->name}, {"lacking", Json::object()}};
        for (KindPreflight::Lacking const& lacking : one.lacking)
            kind["lacking"][lacking.node] = lacking.needs;
        json["faults"].push_back(std::move(kind));
    }
    json["remedies"] = Json::object();
    for (std::string_view const need : lacking_needs(found))
        json["remedies"][std::string(need)] = find_need(need)->remedy;
    json["etcd"] = etcd_quorum_text(found.view);
    json["not_redundant"] = found.not_redundant;
    json["sudoers"] = found.sudoers;
    json["production"] = Json::parse(fitness_json(found.fitness));
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace interregnum
