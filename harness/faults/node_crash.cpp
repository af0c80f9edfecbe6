// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

/// "{node}" and "{address}" of the inventory's power commands, filled in.
std::vector<std::string> fill_in(std::vector<std::string> argv, NodeView const& node) {
    auto const replace = [](std::string& word, std::string_view mark, std::string const& value) {
        for (std::size_t at = word.find(mark); at != std::string::npos;
             at = word.find(mark, at + value.size()))
            word.replace(at, mark.size(), value);
    };
    for (std::string& word : argv) {
        replace(word, "{node}", node.name);
        replace(word, "{address}", node.address);
    }
    return argv;
}

// A container shares its kernel with the host: the trigger there would take down the host. So
// the node itself refuses, whatever the inventory says.
constexpr std::string_view sysrq_script = R"sh(
if systemd-detect-virt --container --quiet; then
    echo "this node is a container: sysrq would reboot its host" >&2; exit 77
fi
echo 1 > /proc/sys/kernel/sysrq && echo b > /proc/sysrq-trigger
)sh";

Status add_target(FaultPlan& plan, NodeView const& node, PowerAccess const& power) {
    switch (power.kind) {
        case PowerAccess::Kind::lab:
        case PowerAccess::Kind::commands:
            if (power.on.empty())
                return fail(Error::Kind::invalid,
                            "the inventory's power has no \"on\" commands: a server switched off "
                            "could not be switched on again");
            plan.inject.push_back({.node = "", .argv = fill_in(power.off, node), .timeout = 60s});
            plan.undo.push_back({.node = "", .argv = fill_in(power.on, node), .timeout = 120s});
            break;
        case PowerAccess::Kind::sysrq:
            plan.inject.push_back({.node = node.name,
                                   .argv = {"sh", "-c", std::string(sysrq_script)},
                                   .timeout = 5s,
                                   .ends_session = true});
            break;
        case PowerAccess::Kind::none:
            return fail(Error::Kind::invalid,
                        "the inventory does not say how a server loses power: set \"power\" to "
                        "\"sysrq\" or to {\"off\": [...], \"on\": [...]}");
    }
    plan.evidence.push_back({.what = node.name + " no longer answers",
                             .command = {.node = node.name, .argv = {"true"}, .timeout = 2s},
                             .relation = Evidence::Relation::silent,
                             .within = 15s});
    return {};
}

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    FaultPlan result{.targets = targets,
                     .self_heal = SelfHeal::controller,
                     .nodes_lost = targets,
                     .hold = options.duration("for")};
    for (std::string const& target : targets) {
        NodeView const* node = view.node(target);
        if (node == nullptr) return fail(Error::Kind::not_found, "no node is named " + target);
        if (auto added = add_target(result, *node, view.power); !added)
            return std::unexpected(added.error());
    }
    // A machine reset by sysrq boots by itself at once: there is nothing to hold it down with.
    if (view.power.kind == PowerAccess::Kind::sysrq) result.hold = 0s;
    result.summary = fmt::format("power loss of {} server(s), off for {}", targets.size(),
                                 format_duration(result.hold));
    return result;
}

RegisterFault const registered{{
    .name = "node.crash",
    .summary = "a server loses power without warning, nothing is synced",
    .options =
        {
            {.name = "target", .type = OptionType::role, .doc = "role or node", .required = true},
            {.name = "for",
             .type = OptionType::duration,
             .fallback = "45s",
             .doc = "how long it stays off; longer than Patroni's ttl, or nobody takes over"},
        },
    .plan = plan,
}};

}  // namespace
}  // namespace interregnum
