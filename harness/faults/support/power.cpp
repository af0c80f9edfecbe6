// SPDX-License-Identifier: MIT
#include "harness/faults/support/power.h"

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

}  // namespace

Result<FaultCommand> cut_power(NodeView const& node, PowerAccess const& power) {
    switch (power.kind) {
        case PowerAccess::Kind::lab:
        case PowerAccess::Kind::commands:
            if (Status back = needs_a_way_back(power); !back) return std::unexpected(back.error());
            return FaultCommand{.node = "", .argv = fill_in(power.off, node), .timeout = 60s};
        case PowerAccess::Kind::sysrq:
            return FaultCommand{.node = node.name,
                                .argv = {"sh", "-c", std::string(sysrq_script)},
                                .timeout = 5s,
                                .ends_session = true};
        case PowerAccess::Kind::none:
            break;
    }
    return fail(Error::Kind::invalid,
                "the inventory does not say how a server loses power: set \"power\" to \"sysrq\" "
                "or to {\"off\": [...], \"on\": [...]}");
}

std::optional<FaultCommand> restore_power(NodeView const& node, PowerAccess const& power) {
    if (power.on.empty()) return std::nullopt;
    return FaultCommand{.node = "", .argv = fill_in(power.on, node), .timeout = 120s};
}

Status needs_a_way_back(PowerAccess const& power) {
    if (!power.on.empty()) return {};
    return fail(Error::Kind::invalid,
                "the inventory's power has no \"on\" commands: a server switched off could not be "
                "switched on again, and a one-time spot instance would be gone for good");
}

Evidence falls_silent(NodeView const& node, Duration within) {
    return {.what = node.name + " no longer answers",
            .command = {.node = node.name, .argv = {"true"}, .timeout = 2s},
            .relation = Evidence::Relation::silent,
            .within = within};
}

Result<std::vector<NodeView const*>> nodes_named(ClusterView const& view,
                                                 std::vector<std::string> const& names) {
    std::vector<NodeView const*> nodes;
    for (std::string const& name : names) {
        nodes.push_back(view.node(name));
        if (nodes.back() == nullptr)
            return fail(Error::Kind::not_found, "no node is named " + name);
    }
    return nodes;
}

}  // namespace interregnum
