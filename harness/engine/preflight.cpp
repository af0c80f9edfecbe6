// SPDX-License-Identifier: MIT
#include "harness/engine/preflight.h"

#include <algorithm>

#include "harness/base/example_options.h"
#include "harness/base/log.h"
#include "harness/engine/access.h"
#include "harness/engine/fitness_facts.h"
#include "harness/faults/support/needs.h"
#include "harness/remote/sudoers.h"

namespace interregnum {

namespace {

constexpr Duration look_timeout = std::chrono::seconds(2);

/// What the kind needs at its defaults; `needs` may look at any required option.
std::vector<std::string_view> needs_of(FaultKind const& kind) {
    return kind.needs == nullptr ? std::vector<std::string_view>()
                                 : kind.needs(example_options(kind.options));
}

}  // namespace

bool NodePreflight::fit() const {
    return unreachable.empty() && no_consent.empty() && capabilities.problem.empty();
}

bool Preflight::fit() const { return std::ranges::all_of(nodes, &NodePreflight::fit); }

std::vector<KindPreflight> judge_kinds(std::vector<NodePreflight> const& nodes) {
    std::vector<KindPreflight> kinds;
    for (FaultKind const* kind : Registry<FaultKind>::all()) {
        KindPreflight judged{.kind = kind, .lacking = {}};
        for (NodePreflight const& one : nodes) {
            if (!one.unreachable.empty() || !one.capabilities.problem.empty()) continue;
            KindPreflight::Lacking lacking{.node = one.node.name, .needs = {}};
            for (std::string_view const need : needs_of(*kind))
                if (!one.capabilities.has(need)) lacking.needs.push_back(need);
            if (!lacking.needs.empty()) judged.lacking.push_back(std::move(lacking));
        }
        kinds.push_back(std::move(judged));
    }
    return kinds;
}

std::string needed_sudoers(SshAccess const& ssh) {
    return ssh.user == "root" ? "" : sudoers_text(ssh.user.empty() ? "login" : ssh.user);
}

Preflight preflight(Inventory const& inventory, ClusterSecrets const& secrets, bool trust_new_hosts,
                    std::optional<MigrationSides> const& migration, std::stop_token stop) {
    Preflight found{.cluster = inventory.cluster, .sudoers = needed_sudoers(inventory.ssh)};
    auto const fleet = make_fleet(inventory, trust_new_hosts);
    std::vector<std::string> reachable;
    for (Consent const& answer : ask_consent(*fleet, inventory, stop)) {
        NodePreflight node{.node = *inventory.node(answer.node)};
        (answer.no_session ? node.unreachable : node.no_consent) = answer.refusal;
        if (!answer.no_session) reachable.push_back(answer.node);
        found.nodes.push_back(std::move(node));
    }
    // Also of nodes that do not consent yet: looking is what this is for, and it changes nothing.
    for (NodeCapabilities& able : ask_capabilities(*fleet, reachable, stop)) {
        auto const at = std::ranges::find_if(
            found.nodes, [&](NodePreflight const& one) { return one.node.name == able.node; });
        at->capabilities = std::move(able);
    }
    for (std::string const& note : fleet->notes()) log::warn("preflight.note", note);
    found.kinds = judge_kinds(found.nodes);
    found.view = look_at_cluster(inventory, secrets, look_timeout, stop);
    found.not_redundant = not_redundant_because(found.view, 1 << 20);
    ClusterFacts facts = ask_fitness_facts(*fleet, inventory, secrets, found.view, reachable, stop);
    if (migration) facts.migration = ask_migration(*migration, std::move(stop));
    found.fitness = judge_fitness(facts);
    return found;
}

}  // namespace interregnum
