// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/packets.h"
#include "harness/faults/support/peers.h"
#include "harness/faults/support/ports.h"
#include "harness/faults/support/shapes.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using Groups = std::vector<std::vector<std::string>>;

constexpr std::string_view kind = "network.partition";

Way way_of(Options const& options) {
    std::string const& direction = options.text("direction");
    return direction == "in" ? Way::in : direction == "out" ? Way::out : Way::both;
}

bool is_name(ClusterView const& view, std::string_view word) {
    if (word.starts_with("any:")) word.remove_prefix(4);
    return view.node(word) != nullptr ||
           std::ranges::find(role_names(), word) != role_names().end();
}

/// The first word that is neither a role nor a node, or "".
std::string unknown_name(ClusterView const& view, std::vector<std::string> const& words) {
    for (std::string const& word : words)
        if (!is_name(view, word)) return word;
    return "";
}

/// "db1,app1 | db2": the words of each group.
Groups words_of_groups(std::string_view text) {
    Groups groups;
    for (;;) {
        std::size_t const bar = text.find('|');
        groups.push_back(words_of(text.substr(0, bar)));
        if (bar == std::string_view::npos) return groups;
        text.remove_prefix(bar + 1);
    }
}

bool from_clients(Options const& options) {
    return options.has("from") &&
           words_of(options.text("from")) == std::vector<std::string>{"clients"};
}

/// The nodes that a shape is laid over, the leader first where the shape is about it, the others
/// from a drawn one on.
std::vector<std::string> among(Options const& options, ClusterView const& view) {
    std::vector<std::string> const roles =
        options.has("among") ? options.roles("among") : std::vector<std::string>{"all_db"};
    std::vector<std::string> nodes = nodes_of(view, roles);
    if (nodes.empty()) return nodes;
    std::ranges::rotate(nodes,
                        nodes.begin() + static_cast<std::ptrdiff_t>(view.draw % nodes.size()));
    std::string const& shape = options.text("shape");
    if (shape != "majority" && shape != "minority") return nodes;
    NodeView const* leader = view.leader();
    auto const at = leader == nullptr ? nodes.end() : std::ranges::find(nodes, leader->name);
    if (at == nodes.end()) return {};
    std::rotate(nodes.begin(), at, at + 1);
    return nodes;
}

std::vector<std::string> targets(Options const& options, ClusterView const& view) {
    if (options.has("isolate")) {
        std::vector<std::string> nodes = nodes_of(view, options.roles("isolate"));
        if (nodes.empty() || !options.has("from") || from_clients(options)) return nodes;
        std::vector<std::string> const words = words_of(options.text("from"));
        std::vector<std::string> const others = nodes_of(view, words);
        // Whoever has a role may be nobody now; a name that is none is for the plan to refuse.
        if (others.empty() && unknown_name(view, words).empty()) return {};
        for (std::string const& node : others)
            if (std::ranges::find(nodes, node) == nodes.end()) nodes.push_back(node);
        return nodes;
    }
    if (options.has("shape")) return among(options, view);
    if (!options.has("groups")) return all_nodes(view);
    std::vector<std::string> nodes;
    for (auto const& words : words_of_groups(options.text("groups"))) {
        if (words.empty() || !unknown_name(view, words).empty()) return all_nodes(view);
        std::vector<std::string> const group = nodes_of(view, words);
        if (group.empty()) return {};
        nodes.insert(nodes.end(), group.begin(), group.end());
    }
    return nodes;
}

Status check(Options const& options) {
    int const shapes =
        int{options.has("isolate")} + int{options.has("groups")} + int{options.has("shape")};
    auto const wrong = [](std::string text) { return fail(Error::Kind::invalid, std::move(text)); };
    if (shapes != 1) return wrong(R"(give one of "isolate", "groups" and "shape")");
    if (options.has("from") && !options.has("isolate"))
        return wrong(R"("from" goes with "isolate")");
    if (options.has("among") && !options.has("shape")) return wrong(R"("among" goes with "shape")");
    if (options.has("bridge") && (!options.has("shape") || options.text("shape") != "bridge"))
        return wrong(R"("bridge" goes with "shape": "bridge")");
    if (options.has("shape") && way_of(options) != Way::both)
        return wrong(R"(a "direction" goes with "isolate", or with two "groups")");
    return {};
}

/// The groups of "groups", or why not.
Result<Groups> read_groups(Options const& options, ClusterView const& view) {
    Groups groups;
    std::vector<std::string> seen;
    for (auto const& words : words_of_groups(options.text("groups"))) {
        if (std::string const name = unknown_name(view, words); !name.empty())
            return fail(Error::Kind::invalid,
                        fmt::format(R"("groups": no role and no node is named "{}")", name));
        groups.push_back(nodes_of(view, words));
        if (groups.back().empty())
            return fail(Error::Kind::invalid, "\"groups\": a group is empty");
        for (std::string const& node : groups.back()) {
            if (std::ranges::find(seen, node) != seen.end())
                return fail(Error::Kind::invalid,
                            fmt::format("\"groups\": {} is in two groups", node));
            seen.push_back(node);
        }
    }
    if (groups.size() < 2)
        return fail(Error::Kind::invalid,
                    R"(expected two groups or more, such as "db1,app1 | db2,db3")");
    if (groups.size() > 2 && way_of(options) != Way::both)
        return fail(Error::Kind::invalid, "a \"direction\" needs exactly two groups");
    return groups;
}

Result<Cuts> cuts_of_shape(Options const& options, ClusterView const& view) {
    std::vector<std::string> const nodes = among(options, view);
    std::string const& shape = options.text("shape");
    if (nodes.size() < (shape == "halves" ? 2U : 3U))
        return fail(Error::Kind::invalid,
                    fmt::format("the shape \"{}\" needs more nodes than {}", shape, nodes.size()));
    std::size_t const majority = nodes.size() / 2 + 1;
    if (shape == "halves") return between_groups(split_at(nodes, nodes.size() / 2), Way::both);
    if (shape == "majority") return between_groups(split_at(nodes, majority), Way::both);
    if (shape == "minority")
        return between_groups(split_at(nodes, nodes.size() - majority), Way::both);
    if (shape == "majorities-ring") return majorities_ring(nodes);
    std::string middle = nodes.front();
    if (options.has("bridge")) {
        auto const wanted = nodes_of(view, options.roles("bridge"));
        if (wanted.size() != 1 || std::ranges::find(nodes, wanted[0]) == nodes.end())
            return fail(Error::Kind::invalid, R"("bridge" must be one of the nodes in "among")");
        middle = wanted[0];
    }
    return bridge(nodes, middle);
}

Result<Cuts> cuts_of(Options const& options, ClusterView const& view) {
    if (options.has("shape")) return cuts_of_shape(options, view);
    if (options.has("groups")) {
        auto groups = read_groups(options, view);
        if (!groups) return std::unexpected(groups.error());
        return between_groups(*groups, way_of(options));
    }
    std::vector<std::string> const words = words_of(options.text("from"));
    if (std::string const name = unknown_name(view, words); !name.empty() || words.empty())
        return fail(Error::Kind::invalid,
                    fmt::format("\"from\": expected roles or nodes, or \"clients\" alone, got "
                                "\"{}\"",
                                options.text("from")));
    std::vector<std::string> const isolated = nodes_of(view, options.roles("isolate"));
    std::vector<std::string> others = nodes_of(view, words);
    std::erase_if(others, [&](std::string const& node) {
        return std::ranges::find(isolated, node) != isolated.end();
    });
    return between_groups({isolated, others}, way_of(options));
}

/// Each node that no longer hears somebody drops what comes from there, so that the sender sees
/// silence.
void add_cuts(FaultPlan& plan, FaultRequest const& request, Cuts const& cuts,
              std::vector<std::uint16_t> const& ports) {
    std::vector<std::string> deaf;
    std::vector<Provocation> provocations;
    for (NodeView const& node : request.view.nodes) {
        std::vector<std::string> unheard = cuts.unheard_by(node.name);
        if (unheard.empty()) continue;
        std::vector<std::string> const peers = addresses_of(request.view, unheard);
        deaf.push_back(node.name);
        provocations.push_back({.node = node.name, .peers = peers, .ports = ports});
        unheard.push_back(node.name);
        add_packet_rules(plan, request,
                         {.node = node.name,
                          .kind = kind,
                          .who = PacketRules::Who::peers,
                          .peers = peers,
                          .bystanders = addresses_of(request.view, all_but(request.view, unheard)),
                          .ports = ports});
    }
    add_packet_evidence(plan, request, deaf, provocations);
}

/// The nodes themselves drop both ways, so that nobody else need be touched, nor known.
void add_isolation(FaultPlan& plan, FaultRequest const& request,
                   std::vector<std::string> const& nodes, std::vector<std::uint16_t> const& ports,
                   bool only_clients) {
    Way const way = way_of(request.options);
    std::vector<Provocation> provocations;
    for (std::string const& node : nodes) {
        std::vector<std::string> const others =
            addresses_of(request.view, all_but(request.view, {node}));
        PacketRules rules{.node = node,
                          .kind = kind,
                          .ports = ports,
                          .in = way != Way::out,
                          .out = way != Way::in};
        if (only_clients) {
            rules.who = PacketRules::Who::strangers;
            rules.peers = others;
        } else {
            provocations.push_back({.node = node, .peers = others, .ports = ports});
        }
        add_packet_rules(plan, request, rules);
    }
    // Nobody but the customers can make packets for it.
    add_packet_evidence(plan, request, nodes, provocations, only_clients ? 10s : 5s);
}

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    if (auto right = check(options); !right) return std::unexpected(right.error());
    auto ports = ports_of(options.has("ports") ? options.text("ports") : "", view.ports);
    if (!ports) return std::unexpected(ports.error());
    FaultPlan result{.targets = targets, .hold = options.duration("for")};
    std::string what;
    if (options.has("isolate") && (!options.has("from") || from_clients(options))) {
        bool const clients = options.has("from");
        if (clients && ports->empty()) {
            ports = ports_of("entries", view.ports);
            if (!ports) return std::unexpected(ports.error());
        }
        result.nodes_lost = targets;
        what = fmt::format("{} cut off from {}", fmt::join(targets, ", "),
                           clients ? "clients" : "everybody");
        add_isolation(result, request, targets, *ports, clients);
    } else {
        auto const cuts = cuts_of(options, view);
        if (!cuts) return std::unexpected(cuts.error());
        if (cuts->empty())
            return fail(Error::Kind::invalid, "nobody is cut off from anybody by this");
        result.nodes_lost = without_majority(*cuts, all_nodes(view), resolve_role(view, "all_db"));
        what = fmt::format("a partition of {} ({} one-way cuts)", fmt::join(targets, ", "),
                           cuts->size());
        add_cuts(result, request, *cuts, *ports);
    }
    if (!ports->empty()) what += fmt::format(", port(s) {}", fmt::join(*ports, ", "));
    result.summary = fmt::format("{} for {}", what, format_duration(result.hold));
    return result;
}

RegisterFault const registered{packet_kind({
    .name = kind,
    .summary = "nodes no longer reach each other; packets are dropped in silence",
    .options =
        {
            {.name = "isolate",
             .type = OptionType::role,
             .doc = "roles or nodes, each cut off from everybody, or from those in \"from\""},
            {.name = "from",
             .doc = "with \"isolate\": roles or nodes (\"haproxy\", \"db2,db3\"), or \"clients\": "
                    "whoever dials the endpoints and is no node"},
            {.name = "groups",
             .doc = "groups that do not reach each other: \"db1,app1 | db2,db3\", names or roles"},
            {.name = "shape",
             .doc = "halves; majority or minority: where the leader is; bridge: one node still "
                    "reaches both halves; majorities-ring: each sees another majority",
             .choices = {"halves", "majority", "minority", "bridge", "majorities-ring"}},
            {.name = "among",
             .type = OptionType::role,
             .doc = "with \"shape\": the nodes it is laid over; all_db when absent"},
            {.name = "bridge",
             .type = OptionType::role,
             .doc = R"(with "shape": "bridge": the node in the middle; any when absent)"},
            {.name = "ports",
             .doc = "only these services, of etcd, postgres, patroni, redis, sentinel, entries; "
                    "everything but SSH when absent"},
            {.name = "direction",
             .fallback = "both",
             .doc = "what is lost, as the isolated node or the first group sees it: in, it hears "
                    "nobody; out, nobody hears it",
             .choices = {"both", "in", "out"}},
            {.name = "for",
             .type = OptionType::duration,
             .fallback = "60s",
             .doc = "how long it lasts"},
        },
    .target_option = "isolate",
    .targets = targets,
    .plan = plan,
})};

}  // namespace
}  // namespace interregnum
