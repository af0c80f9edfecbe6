// SPDX-License-Identifier: MIT
#include "harness/engine/node_state.h"

#include <fmt/format.h>

#include "harness/base/log.h"
#include "harness/engine/sweep.h"

namespace interregnum {

namespace {

// Counters and handles change by themselves, so rules are listed without them. Absent tools
// give "absent" both times. `ours.*` must be empty on a clean node.
constexpr std::string_view script = R"sh(
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
sum() { cksum | tr ' ' '-'; }
have() { command -v "$1" >/dev/null 2>&1; }
line() { printf '%s=%s\n' "$1" "$2"; }
for unit in patroni etcd redis-server redis-sentinel haproxy ssh; do
    load=$(systemctl show -p LoadState --value "$unit" 2>/dev/null)
    case "$load" in not-found|'') continue ;; esac
    line "unit.$unit" "$load $(systemctl is-active "$unit" 2>/dev/null)"
done
line units.runtime_masks "$(find /run/systemd/system -maxdepth 1 -lname /dev/null -printf '%f ')"
if have nft; then
    line nft "$(nft -s list ruleset 2>/dev/null | sum)"
else
    line nft absent
fi
for tool in iptables-save ip6tables-save; do
    have $tool && line $tool "$($tool 2>/dev/null | grep -v '^[#:]' | sum)"
done
if have tc; then
    line qdiscs "$(tc qdisc show 2>/dev/null | sed 's/ refcnt [0-9]*//' | tr '\n' ';')"
fi
if have ip; then
    line links "$(ip -br link show 2>/dev/null | sed 's/@[^ ]*//' | awk '{ printf "%s=%s ", $1, $2 }')"
fi
line frozen "$(grep -l '^frozen 1' /sys/fs/cgroup/system.slice/*/cgroup.events 2>/dev/null | tr '\n' ' ')"
line ours.files "$(ls -A /run/interregnum 2>/dev/null | tr '\n' ' ')"
line ours.nft "$(have nft && nft list tables 2>/dev/null | grep -w 'interregnum[_a-z0-9]*')"
)sh";

}  // namespace

std::map<std::string, std::string> parse_facts(std::string_view text) {
    constexpr std::size_t most_facts = 500;
    constexpr std::size_t longest_value = 2000;
    std::map<std::string, std::string> facts;
    while (!text.empty() && facts.size() < most_facts) {
        std::size_t const end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        std::size_t const equals = line.find('=');
        if (equals == std::string_view::npos || equals == 0) continue;
        std::string_view value = line.substr(equals + 1).substr(0, longest_value);
        while (!value.empty() && value.back() == ' ') value.remove_suffix(1);
        facts.emplace(line.substr(0, equals), value);
    }
    return facts;
}

std::vector<record::NodeState> node_states(Fleet& fleet, std::vector<std::string> const& nodes,
                                           std::string const& when, record::Offset at,
                                           std::stop_token stop) {
    std::vector<Fleet::Task> commands;
    for (std::string const& node : nodes)
        commands.push_back({node, RemoteCommand{.argv = {"sh", "-s"},
                                                .input = std::string(script) + residue_script(),
                                                .timeout = std::chrono::seconds(15)}});
    auto const results = fleet.run_all(commands, std::move(stop));
    std::vector<record::NodeState> states;
    for (std::size_t index = 0; index < nodes.size(); ++index) {
        record::NodeState state{.node = nodes[index], .when = when, .at = at};
        if (results[index]) {
            state.complete = results[index]->exit_status == 0;
            state.facts = parse_facts(results[index]->out);
        }
        if (!state.complete)
            log::warn("node.state", fmt::format("{} could not be asked: {}", nodes[index],
                                                results[index] ? results[index]->err
                                                               : results[index].error().message));
        states.push_back(std::move(state));
    }
    return states;
}

}  // namespace interregnum
