// SPDX-License-Identifier: MIT
#include "harness/engine/node_state.h"

#include <charconv>

#include <fmt/format.h>

#include "harness/base/log.h"
#include "harness/engine/database_facts.h"
#include "harness/engine/sweep.h"
#include "harness/record/node_difference.h"

namespace interregnum {

namespace {

// Counters and handles change by themselves, so rules are listed without them. Absent tools
// give "absent" both times. A volume is full or not: how full is the cluster's own affair (WAL,
// logs). `ours.*` must be empty on a clean node.
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
line disks.full "$({ df -Pl; df -Pil; } 2>/dev/null |
    awk 'NR > 1 && $5 + 0 >= 98 { print $6 }' | sort -u | tr '\n' ' ')"
line frozen "$(grep -l '^frozen 1' /sys/fs/cgroup/system.slice/*/cgroup.events 2>/dev/null | tr '\n' ' ')"
line ours.files "$(ls -A /run/interregnum 2>/dev/null | tr '\n' ' ')"
line ours.nft "$(have nft && nft list tables 2>/dev/null | grep -w 'interregnum[_a-z0-9]*')"
)sh";

/// The wall clock at the steady clock's zero: read once, so that a controller whose own clock is
/// set in the middle of a run does not see every node's clock move.
Duration wall_anchor() {
    static Duration const anchor = wall_now() - SteadyClock().now().time_since_epoch();
    return anchor;
}

/// From what `date +%s%N` said; empty when that was no time.
std::string clock_of(RemoteResult const& said) {
    std::int64_t there = 0;
    char const* const begin = said.out.data();
    auto const [end, error] = std::from_chars(begin, begin + said.out.size(), there);
    if (error != std::errc{} || (end != begin + said.out.size() && *end != '\n')) return "";
    Duration const half = (said.returned - said.sent) / 2;
    Duration const here = wall_anchor() + said.sent.time_since_epoch() + half;
    return record::clock_text(Duration(there) - here, half);
}

}  // namespace

std::map<std::string, std::string> parse_facts(std::string_view text) {
    constexpr std::size_t most_facts = 500;
    constexpr std::size_t longest_value = 2000;
    std::map<std::string, std::string> facts;
    while (!text.empty() && facts.size() < most_facts) {
        std::size_t const end = text.find('\n');
        std::string_view const line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        std::size_t const equals = line.find('=');
        if (equals == std::string_view::npos || equals == 0) continue;
        std::string_view value = line.substr(equals + 1).substr(0, longest_value);
        while (!value.empty() && value.back() == ' ') value.remove_suffix(1);
        facts.emplace(line.substr(0, equals), value);
    }
    return facts;
}

std::vector<std::string> member_names(ClusterView const& view) {
    std::vector<std::string> members;
    for (NodeView const& node : view.nodes)
        if (!node.member.empty()) members.push_back(node.member);
    return members;
}

std::vector<record::NodeState> node_states(Fleet& fleet, std::vector<std::string> const& nodes,
                                           std::vector<std::string> const& members,
                                           std::string const& when, record::Offset at,
                                           std::stop_token stop) {
    RemoteCommand question{.argv = {"sh", "-s", "--"},
                           .input = std::string(script) + database_facts() + residue_script(),
                           .timeout = std::chrono::seconds(30)};
    for (std::string const& member : members) question.argv.push_back(slot_of_member(member));
    // The clock is asked for alone, so that little time passes around it.
    std::vector<Fleet::Task> tasks;
    for (std::string const& node : nodes) {
        tasks.push_back({node, RemoteCommand{.argv = {"date", "+%s%N"}}});
        tasks.push_back({node, question});
    }
    auto const results = fleet.run_all(tasks, std::move(stop));
    std::vector<record::NodeState> states;
    for (std::size_t index = 0; index < nodes.size(); ++index) {
        record::NodeState state{.node = nodes[index], .when = when, .at = at};
        auto const& clock = results[2 * index];
        auto const& said = results[2 * index + 1];
        if (said) {
            state.complete = clock && said->exit_status == 0;
            state.facts = parse_facts(said->out);
        }
        if (clock)
            if (std::string text = clock_of(*clock); !text.empty())
                state.facts[std::string(record::clock_fact)] = std::move(text);
        if (!state.complete)
            log::warn("node.state", fmt::format("{} could not be asked: {}", nodes[index],
                                                said ? said->err : said.error().message));
        states.push_back(std::move(state));
    }
    return states;
}

}  // namespace interregnum
