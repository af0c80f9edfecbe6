// SPDX-License-Identifier: MIT
#include "harness/cli/cluster_choice.h"

#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "harness/cluster/addresses.h"
#include "harness/lab/lab.h"

namespace interregnum {

namespace {

std::unexpected<ChoiceError> usage(std::string message) {
    return std::unexpected(ChoiceError{ExitCode::usage, std::move(message)});
}

std::unexpected<ChoiceError> broken(std::string message) {
    return std::unexpected(ChoiceError{ExitCode::harness_error, std::move(message)});
}

bool under_ci() {
    char const* value = std::getenv("CI");
    return value != nullptr && *value != '\0' && std::string_view(value) != "false";
}

}  // namespace

void add_cluster_flags(Verb const& verb, ClusterFlags& flags) {
    verb.takes("--inventory", flags.inventory,
               "inventory file of the cluster; \"lab\", or nothing: the lab that is up here");
    verb.flag("--trust-new-hosts", flags.trust_new_hosts,
              "accept host keys that are not known yet (noted in the report); a changed key "
              "is refused all the same");
}

std::expected<ChosenCluster, ChoiceError> choose_cluster(ClusterFlags const& flags) {
    if (flags.inventory.empty() && under_ci())
        return usage("under CI the cluster must be named: --inventory FILE, or --inventory lab");
    std::string file = flags.inventory;
    if (file.empty() || file == "lab") {
        auto const lab = running_lab();
        if (!lab)
            return usage(
                "no lab is up here: start one with `interregnum lab up`, or name a "
                "cluster with --inventory FILE");
        file = *lab;
    }
    Mistakes mistakes;
    auto inventory = load_inventory(file, mistakes);
    if (!inventory) return usage(inventory.error().message);
    if (!mistakes.empty()) return usage(mistakes.text());
    ChosenCluster chosen{.inventory = std::move(*inventory)};
    chosen.is_lab = chosen.inventory.power.kind == PowerAccess::Kind::lab;
    auto secrets = read_secrets(chosen.inventory);
    if (!secrets) return usage(file + ": " + secrets.error().message);
    chosen.secrets = std::move(*secrets);
    if (chosen.is_lab) {
        chosen.inventory.power.off = {"@interregnum", "lab", "power-off", "{node}"};
        chosen.inventory.power.on = {"@interregnum", "lab", "power-on", "{node}"};
        chosen.state_folder = (std::filesystem::path(file).parent_path() / "controller").string();
        if (auto entered = enter_lab_network(); !entered) return broken(entered.error().message);
    }
    resolve_addresses(chosen.inventory.nodes, resolving_patience, {});
    fmt::print(stderr, "cluster: {} ({}, {})\n", chosen.inventory.cluster,
               chosen.inventory.environment, file);
    return chosen;
}

std::optional<ClusterState> locked_state(ChosenCluster const& chosen, std::string const& doing) {
    auto state = ClusterState::open(chosen.inventory.cluster, chosen.state_folder);
    Status const locked = state ? state->lock(doing) : std::unexpected(state.error());
    if (locked) return std::move(*state);
    fmt::print(stderr, "interregnum: {}\n", locked.error().message);
    return std::nullopt;
}

}  // namespace interregnum
