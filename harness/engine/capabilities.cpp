// SPDX-License-Identifier: MIT
#include "harness/engine/capabilities.h"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/shell_quote.h"
#include "harness/engine/node_state.h"
#include "harness/faults/support/needs.h"

namespace interregnum {

namespace {

constexpr std::string_view fact_mark = "fact.";
constexpr std::string_view need_mark = "need.";
constexpr Duration patience = std::chrono::seconds(30);

// Each fact is one line; what a node does not know it leaves out.
constexpr std::string_view facts_script = R"sh(
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C; export PATH LC_ALL; cd /
have() { command -v "$1" >/dev/null 2>&1; }
fact() { [ -z "$2" ] || printf 'fact.%s=%s\n' "$1" "$2"; }
fact user "$(id -un)"
fact kernel "$(uname -r)"
fact distribution "$(sed -n 's/^PRETTY_NAME=//p' /etc/os-release 2>/dev/null | tr -d '"')"
if have systemctl; then fact systemd "$(systemctl --version | sed -n '1s/systemd \([^ ]*\).*/\1/p')"; fi
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then fact cgroup v2
elif [ -d /sys/fs/cgroup/unified ]; then fact cgroup 'v1 and v2 (hybrid)'
else fact cgroup v1
fi
fact controllers "$(cat /sys/fs/cgroup/cgroup.controllers 2>/dev/null)"
if have systemd-detect-virt; then fact virtualisation "$(systemd-detect-virt)"; fi
if [ -c /dev/watchdog ]; then fact watchdog yes; else fact watchdog no; fi
if have iptables; then
    case $(iptables --version 2>/dev/null) in
        *nf_tables*) fact iptables nft ;;
        *) fact iptables legacy ;;
    esac
else
    fact iptables absent
fi
if have nft; then fact nft "$(nft --version | sed 's/ (.*//; s/^nftables //')"; fi
for keeper in chrony chronyd systemd-timesyncd ntp ntpsec; do
    [ "$(systemctl is-active "$keeper" 2>/dev/null)" = active ] && { fact clock "$keeper"; break; }
done
)sh";

std::string make_script() {
    std::string script(facts_script);
    for (Need const& need : all_needs())
        script += fmt::format(
            "if timeout -s KILL 5 sh -c {} </dev/null >/dev/null 2>&1; then echo {}{}=yes; "
            "else echo {}{}=no; fi\n",
            shell_quote(need.probe), need_mark, need.name, need_mark, need.name);
    return script;
}

/// A node must not be able to drive the terminal that shows what it said.
std::string printable(std::string_view text) {
    std::string shown(text.substr(0, 200));
    std::ranges::replace_if(
        shown,
        [](char letter) {
            auto const byte = static_cast<unsigned char>(letter);
            return byte < 0x20 || byte >= 0x7F;
        },
        '?');
    return shown;
}

std::string first_line(std::string_view text) { return printable(text.substr(0, text.find('\n'))); }

NodeCapabilities from_answer(std::string const& node, Result<RemoteResult> const& answer) {
    if (!answer) return {.node = node, .problem = printable(answer.error().message)};
    if (answer->exit_status != 0)
        return {.node = node,
                .problem = fmt::format("the node could not be asked (status {}): {}",
                                       answer->exit_status, first_line(answer->err))};
    NodeCapabilities found = parse_capabilities(node, answer->out);
    auto const user = found.facts.find("user");
    if (user == found.facts.end() || user->second != "root") {
        std::string const who = user == found.facts.end() ? "nobody known" : user->second;
        found = {.node = node,
                 .problem = fmt::format("commands run as {}, not as root: set ssh.sudo to true and "
                                        "allow it (`sudo -n` must need no password)",
                                        who)};
    }
    return found;
}

}  // namespace

bool NodeCapabilities::has(std::string_view need) const {
    auto const found = can.find(need);
    return found != can.end() && found->second;
}

std::string const& capabilities_script() {
    static std::string const script = make_script();
    return script;
}

NodeCapabilities parse_capabilities(std::string node, std::string_view text) {
    NodeCapabilities found{.node = std::move(node)};
    for (auto const& [key, value] : parse_facts(text)) {
        if (key.starts_with(need_mark) && find_need(key.substr(need_mark.size())) != nullptr)
            found.can.emplace(key.substr(need_mark.size()), value == "yes");
        else if (key.starts_with(fact_mark))
            found.facts.emplace(printable(key.substr(fact_mark.size())), printable(value));
    }
    return found;
}

std::vector<NodeCapabilities> ask_capabilities(Fleet& fleet, std::vector<std::string> const& nodes,
                                               std::stop_token stop) {
    std::vector<Fleet::Task> tasks;
    for (std::string const& node : nodes)
        tasks.push_back(
            {node, RemoteCommand{
                       .argv = {"sh", "-s"}, .input = capabilities_script(), .timeout = patience}});
    auto const answers = fleet.run_all(tasks, std::move(stop));
    std::vector<NodeCapabilities> found;
    for (std::size_t index = 0; index < nodes.size(); ++index)
        found.push_back(from_answer(nodes[index], answers[index]));
    return found;
}

std::string capabilities_text(std::vector<NodeCapabilities> const& nodes) {
    std::size_t name_width = 4;
    for (NodeCapabilities const& one : nodes) name_width = std::max(name_width, one.node.size());
    std::string text = fmt::format("  {:<13}", "");
    for (NodeCapabilities const& one : nodes) text += fmt::format("  {:<{}}", one.node, name_width);
    text += "\n";
    for (Need const& need : all_needs()) {
        text += fmt::format("  {:<13}", need.name);
        for (NodeCapabilities const& one : nodes) {
            std::string_view const word = !one.problem.empty() ? "?"
                                          : one.has(need.name) ? "yes"
                                                               : "no";
            text += fmt::format("  {:<{}}", word, name_width);
        }
        text += fmt::format("  {}\n", need.what);
    }
    for (NodeCapabilities const& one : nodes) {
        std::string line;
        for (auto const& [name, value] : one.facts)
            if (name != "user")
                line += fmt::format("{}{}: {}", line.empty() ? "" : "; ", name, value);
        text += fmt::format("  {}: {}\n", one.node, one.problem.empty() ? line : one.problem);
    }
    return text;
}

}  // namespace interregnum
