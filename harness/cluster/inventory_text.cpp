// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "harness/cluster/discover.h"
#include "harness/cluster/inventory.h"

namespace interregnum {

namespace {

std::string json_quoted(std::string const& text) {
    return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

/// `"app1:5000", "app2:5000"`
std::string entries(std::vector<std::string> const& nodes, std::uint16_t port) {
    std::vector<std::string> words;
    for (std::string const& node : nodes) words.push_back(fmt::format("\"{}:{}\"", node, port));
    return fmt::format("{}", fmt::join(words, ", "));
}

std::string group_text(FoundCluster const& found, std::string_view group) {
    std::vector<std::string> lines;
    for (FoundNode const& node : found.nodes)
        if (node.group == group)
            lines.push_back(
                fmt::format("    {}: {}", json_quoted(node.name), json_quoted(node.address)));
    if (lines.empty()) return "";
    return fmt::format("  \"{}\": {{\n{}\n  }},\n", group, fmt::join(lines, ",\n"));
}

/// The first of the ports that was seen open; 0 when none was.
std::uint16_t first_open(FoundCluster const& found, std::vector<std::uint16_t> const& ports) {
    for (std::uint16_t const port : ports)
        if (std::ranges::find(found.open_ports, port) != found.open_ports.end()) return port;
    return 0;
}

std::string entry_text(FoundCluster const& found) {
    std::vector<std::string> apps;
    for (FoundNode const& node : found.nodes)
        if (node.group == "app") apps.push_back(node.name);
    if (apps.empty()) {
        std::string const leader = found.leader.empty() ? found.nodes.front().name : found.leader;
        return fmt::format(
            "  // CHECK: no HAProxy was found (give `init` its hosts too). This is the database\n"
            "  // itself, as it is now; after a failover nobody could write there.\n"
            "  \"write\": [{}],\n",
            entries({leader}, 5432));
    }
    std::string text;
    if (!found.backends.empty())
        text += fmt::format("  // HAProxy's backends: {}\n", fmt::join(found.backends, ", "));
    std::uint16_t const write = first_open(found, {5000, 5432, 6432});
    text +=
        fmt::format("  // CHECK: a guess by the usual ports; {}.\n",
                    write == 0 ? "none of them is open there" : "HAProxy does not tell its own");
    text += fmt::format("  \"write\": [{}],\n", entries(apps, write == 0 ? 5000 : write));
    if (std::uint16_t const read = first_open(found, {5001, 5433}); read != 0)
        text += fmt::format("  \"read\": [{}],\n", entries(apps, read));
    std::uint16_t const cache = first_open(found, {6379, 6380});
    if (cache != 0 && !found.redis_master.empty())
        text += fmt::format("  \"cache\": [{}],\n", entries(apps, cache));
    return text;
}

std::string redis_text(FoundCluster const& found, InventoryGuesses const& guesses) {
    if (found.redis_master.empty()) return "  // No Sentinel answered, so Redis is left out.\n";
    if (!found.redis_login)
        return fmt::format("  \"redis\": {{ \"master\": {} }},\n", json_quoted(found.redis_master));
    return fmt::format("  \"redis\": {{ \"master\": {}, \"password\": {} }},\n",
                       json_quoted(found.redis_master), json_quoted(guesses.redis_password));
}

}  // namespace

std::string inventory_text(FoundCluster const& found, InventoryGuesses const& guesses) {
    std::string cluster = guesses.cluster.empty() ? found.scope : guesses.cluster;
    if (!is_node_name(cluster)) cluster = "cluster";
    std::string text =
        "// Made by `interregnum init` from what answered. Lines with CHECK are guesses.\n";
    for (std::string const& remark : found.remarks) text += fmt::format("// CHECK: {}.\n", remark);
    text += fmt::format(
        "{{\n"
        "  // Must also stand in /etc/interregnum-allowed on every node that may be drilled.\n"
        "  \"cluster\": {},\n"
        "  \"environment\": \"disposable\",  // CHECK: or \"production\"\n"
        "  // CHECK: the login on every node; `interregnum preflight` says what sudo must allow.\n"
        "  \"ssh\": {{ \"user\": {}, \"key\": {}, \"sudo\": {}{} }},\n",
        json_quoted(cluster), json_quoted(guesses.ssh_user), json_quoted(guesses.ssh_key),
        guesses.ssh_user == "root" ? "false" : "true",
        guesses.host_keys.empty() ? "" : ", \"host_keys\": " + json_quoted(guesses.host_keys));
    text += group_text(found, "db") + group_text(found, "app") + entry_text(found);
    text += fmt::format(
        "  // CHECK: role and database of the drill; `interregnum list grants` makes them.\n"
        "  \"postgres\": {{ \"user\": \"drill\", \"dbname\": \"drill\", \"password\": {} }},\n",
        json_quoted(guesses.postgres_password));
    text += redis_text(found, guesses);
    if (!found.scope.empty())
        text += fmt::format("  \"patroni\": {{ \"scope\": {} }},\n", json_quoted(found.scope));
    if (!found.etcd)
        text +=
            "  // CHECK: no etcd answered at port 2379: \"etcd\": { \"port\": ..., \"tls\": true "
            "}\n";
    if (found.stats_port != 7000)
        text += fmt::format("  \"haproxy\": {{ \"stats_port\": {} }},\n", found.stats_port);
    if (guesses.spot)
        text +=
            "  // AWS may take spot instances back: told apart from what a drill does.\n"
            "  \"spot\": true,\n";
    text += fmt::format(
        "  // CHECK: how a server loses power: \"sysrq\", or {{ \"off\": [...], \"on\": [...] }},\n"
        "  // commands that run here, in which {{node}} and {{address}} stand for the node's.\n"
        "  \"power\": {}\n}}\n",
        json_quoted(guesses.power));
    return text;
}

}  // namespace interregnum
