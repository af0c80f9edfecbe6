// SPDX-License-Identifier: MIT
#include "harness/cluster/routing.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/cluster/addresses.h"
#include "harness/cluster/haproxy.h"

namespace interregnum {

namespace {

enum class Service { postgres, redis, other, unknown };

/// What customers dial, and the one node that has to get their connections.
struct Duty {
    EntryView::Kind kind{EntryView::Kind::write};
    Service service{Service::unknown};
    std::string role;  ///< for people: "leader"
    std::string node;
};

/// A backend of one HAProxy, with its servers.
struct Pool {
    std::string name;
    std::vector<BackendView const*> servers;
    Service service{Service::unknown};
};

bool is_word_letter(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9');
}

std::string lower_case(std::string text) {
    for (char& letter : text)
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    return text;
}

/// "redis", "master", "6379" of "Redis_master:6379".
std::vector<std::string> words_of(std::string const& name) {
    std::vector<std::string> words;
    bool inside = false;
    for (char const letter : lower_case(name)) {
        bool const in_word = is_word_letter(letter);
        if (in_word && !inside) words.emplace_back();
        if (in_word) words.back() += letter;
        inside = in_word;
    }
    return words;
}

/// Whether `part` stands in `text` with no letter or digit right beside it: "db1" in
/// "postgresql_db1_5432", not in "db10".
bool stands_in(std::string_view text, std::string_view part) {
    if (part.empty()) return false;
    for (std::size_t at = text.find(part); at != std::string_view::npos;
         at = text.find(part, at + 1)) {
        std::size_t const end = at + part.size();
        bool const begins = at == 0 || !is_word_letter(text[at - 1]);
        bool const ends = end == text.size() || !is_word_letter(text[end]);
        if (begins && ends) return true;
    }
    return false;
}

/// The database node that a server of a backend is; nullptr when none can be told.
NodeView const* node_behind(BackendView const& server, ClusterView const& view) {
    std::string const host = split_haproxy_address(server.address).host;
    std::string const name = lower_case(server.server);
    NodeView const* found = nullptr;
    std::size_t longest = 0;  // of nodes "db" and "db-2" it is the second that "db-2" names
    for (NodeView const& node : view.nodes) {
        if (node.group != "db") continue;
        if (is_known_by(node, host)) return &node;
        std::vector<std::string> parts{node.name, node.member, node.address};
        parts.insert(parts.end(), node.addresses.begin(), node.addresses.end());
        for (std::string const& part : parts) {
            if (part.size() <= longest || !stands_in(name, lower_case(part))) continue;
            found = &node;
            longest = part.size();
        }
    }
    return found;
}

/// The port in a server's name, "postgresql_10.0.0.1_5432"; 0 when it ends in no number.
std::uint16_t port_in_name(BackendView const& server) {
    std::vector<std::string> const words = words_of(server.server);
    if (words.empty()) return 0;
    std::string const& last = words.back();
    std::uint16_t port = 0;
    char const* const end = last.data() + last.size();
    auto const [stopped, error] = std::from_chars(last.data(), end, port);
    return error == std::errc{} && stopped == end ? port : std::uint16_t{0};
}

Service service_of(Pool const& pool, ServicePorts const& ports) {
    for (BackendView const* server : pool.servers) {
        std::uint16_t const told = split_haproxy_address(server->address).port;
        // A number in a name may be anything else: only these two are taken for ports.
        std::uint16_t const port = server->address.empty() ? port_in_name(*server) : told;
        if (port == ports.postgres) return Service::postgres;
        if (port == ports.redis) return Service::redis;
        if (told == 0) continue;
        for (std::uint16_t const known :
             {ports.ssh, ports.patroni, ports.etcd, ports.etcd_peer, ports.sentinel})
            if (told == known) return Service::other;
    }
    std::string const name = lower_case(pool.name);
    bool const master = name.contains("master");
    if (!master && (name.contains("sentinel") || name.contains("exporter"))) return Service::other;
    bool const redis = name.contains("redis") || name.contains("valkey") || name.contains("cache");
    return redis ? Service::redis : Service::unknown;
}

/// Whether a backend's name says that not the leader or master is meant by it.
bool is_for_replicas(Pool const& pool) {
    std::vector<std::string> const words = words_of(pool.name);
    auto const any = [&words](auto says) { return std::ranges::any_of(words, says); };
    if (any([](std::string const& word) {
            return word == "rw" || word.contains("write") || word.starts_with("primary") ||
                   word.starts_with("master") || word.starts_with("leader");
        }))
        return false;
    return any([](std::string const& word) {
        return word == "ro" || word.starts_with("read") || word.starts_with("replica") ||
               word.starts_with("slave") || word.starts_with("standby") ||
               word.starts_with("secondar");
    });
}

/// Whether a backend's name says that PostgreSQL's leader is meant by it.
bool is_named_for_leader(Pool const& pool) {
    std::vector<std::string> const words = words_of(pool.name);
    if (words == std::vector<std::string>{"master"})
        return true;  // as Patroni's older sample has it
    return std::ranges::any_of(words, [](std::string const& word) {
        return word == "rw" || word.starts_with("psql") || word.contains("postgres") ||
               word.contains("patroni") || word.contains("primary") || word.contains("leader") ||
               word.contains("write");
    });
}

/// The backends of an application node's HAProxy behind which nodes of this cluster are.
std::vector<Pool> pools_of(ClusterView const& view, NodeView const& app) {
    std::map<std::string, Pool> by_name;
    for (BackendView const& server : view.backends)
        if (server.app == app.name) by_name[server.backend].servers.push_back(&server);
    std::vector<Pool> pools;
    for (auto& [name, pool] : by_name) {
        bool const ours = std::ranges::any_of(pool.servers, [&view](BackendView const* server) {
            return node_behind(*server, view) != nullptr;
        });
        if (!ours) continue;
        pool.name = name;
        pool.service = service_of(pool, view.ports);
        pools.push_back(std::move(pool));
    }
    return pools;
}

/// The servers that get new connections of customers.
std::vector<BackendView const*> takers_of(Pool const& pool) {
    std::vector<BackendView const*> takers;
    BackendView const* first_backup = nullptr;
    for (BackendView const* server : pool.servers) {
        // "UP 1/3" has failed checks, and is up until it has failed the last one.
        bool const takes = server->status.starts_with("UP") || server->status == "no check";
        if (!takes) continue;
        if (!server->backup)
            takers.push_back(server);
        else if (first_backup == nullptr)
            first_backup = server;
    }
    if (takers.empty() && first_backup != nullptr) takers.push_back(first_backup);
    return takers;
}

bool is_right(Pool const& pool, Duty const& duty, ClusterView const& view) {
    auto const takers = takers_of(pool);
    return !takers.empty() && std::ranges::all_of(takers, [&](BackendView const* server) {
        NodeView const* const node = node_behind(*server, view);
        return node != nullptr && node->name == duty.node;
    });
}

/// "redis_master to db1, db2".
std::string shown(Pool const& pool, ClusterView const& view) {
    std::vector<std::string> names;
    for (BackendView const* server : takers_of(pool)) {
        NodeView const* const node = node_behind(*server, view);
        if (node == nullptr)
            names.push_back(server->server + " (no node of the inventory)");
        else if (stands_in(lower_case(server->server), lower_case(node->name)))
            names.push_back(server->server);
        else
            names.push_back(fmt::format("{} ({})", server->server, node->name));
    }
    return fmt::format("{} to {}", pool.name,
                       names.empty() ? "nobody" : fmt::format("{}", fmt::join(names, ", ")));
}

/// The ports at which customers dial this application node for that; empty when they do not.
std::vector<std::uint16_t> ports_dialled(ClusterView const& view, NodeView const& app,
                                         EntryView::Kind kind) {
    std::vector<std::uint16_t> ports;
    for (EntryView const& entry : view.entries) {
        bool const of_a_node = std::ranges::any_of(
            view.nodes, [&entry](NodeView const& node) { return is_known_by(node, entry.host); });
        if (entry.kind == kind && (is_known_by(app, entry.host) || !of_a_node))
            ports.push_back(entry.port);
    }
    return ports;
}

/// Backends that may be what customers dial.
struct Choice {
    std::vector<Pool const*> pools;
    bool each{};  ///< they are, each of them
};

/// `at_node`: customers dial this HAProxy's own node for that, so that some backend of it serves
/// them. Else only one that says so by its servers' port or by its name.
Choice choose(std::vector<Pool> const& pools, Duty const& duty,
              std::vector<std::uint16_t> const& ports, bool at_node) {
    Choice choice;
    auto const listens = [](Pool const& pool) -> std::vector<std::uint16_t> const& {
        return pool.servers.front()->ports;  // the same for all of its servers
    };
    for (Pool const& pool : pools)
        if (std::ranges::find_first_of(listens(pool), ports) != listens(pool).end())
            choice.pools.push_back(&pool);
    choice.each = !choice.pools.empty();
    // At several addresses one port may be several backends': it does not tell which is dialled.
    for (std::uint16_t const port : ports)
        if (std::ranges::count_if(choice.pools, [&](Pool const* pool) {
                return std::ranges::find(listens(*pool), port) != listens(*pool).end();
            }) > 1)
            choice.each = false;
    if (!choice.each)
        std::erase_if(choice.pools, [](Pool const* pool) { return is_for_replicas(*pool); });
    if (!choice.pools.empty()) return choice;
    auto const take = [&](Service service) {
        for (Pool const& pool : pools) {
            if (pool.service != service || !listens(pool).empty() || is_for_replicas(pool))
                continue;
            if (service == Service::unknown && !at_node && !is_named_for_leader(pool)) continue;
            choice.pools.push_back(&pool);
        }
    };
    take(duty.service);
    // What customers write through may have another port behind it: PgBouncer's.
    if (duty.service == Service::postgres) take(Service::unknown);
    return choice;
}

void judge(ClusterView const& view, NodeView const& app, Duty const& duty,
           std::vector<std::string>& reasons) {
    std::vector<std::uint16_t> const ports = ports_dialled(view, app, duty.kind);
    if (ports.empty()) return;
    std::vector<Pool> const pools = pools_of(view, app);
    bool const at_node = std::ranges::any_of(view.entries, [&](EntryView const& entry) {
        return entry.kind == duty.kind && is_known_by(app, entry.host);
    });
    Choice const choice = choose(pools, duty, ports, at_node);
    std::vector<std::string> wrong;
    for (Pool const* pool : choice.pools)
        if (!is_right(*pool, duty, view)) wrong.push_back(shown(*pool, view));
    if (choice.each) {
        for (std::string const& pool : wrong)
            reasons.push_back(fmt::format("HAProxy on {} sends {} (expected the {} {} alone)",
                                          app.name, pool, duty.role, duty.node));
    } else if (!wrong.empty() && wrong.size() == choice.pools.size()) {
        reasons.push_back(fmt::format(
            "HAProxy on {} sends {} (expected {}the {} {} alone)", app.name, fmt::join(wrong, "; "),
            wrong.size() == 1 ? "" : "one of them to go to ", duty.role, duty.node));
    }
}

/// The node that all answering Sentinels name; none while they disagree.
std::optional<std::string> agreed_master(ClusterView const& view) {
    std::optional<std::string> master;
    for (NodeView const& node : view.nodes) {
        if (!node.sentinel_answers) continue;
        if (master && *master != node.sentinel_master) return std::nullopt;
        master = node.sentinel_master;
    }
    if (master && view.node(*master) == nullptr) return std::nullopt;
    return master;
}

}  // namespace

std::vector<std::string> misrouted(ClusterView const& view) {
    std::vector<Duty> duties;
    if (auto const leaders = resolve_role(view, "leader"); leaders.size() == 1)
        duties.push_back({.kind = EntryView::Kind::write,
                          .service = Service::postgres,
                          .role = "leader",
                          .node = leaders.front()});
    auto const master = view.redis_expected ? agreed_master(view) : std::nullopt;
    if (master)
        duties.push_back({.kind = EntryView::Kind::cache,
                          .service = Service::redis,
                          .role = "Redis master",
                          .node = *master});
    std::vector<std::string> reasons;
    for (NodeView const& node : view.nodes) {
        if (!node.haproxy_answers) continue;
        for (Duty const& duty : duties) judge(view, node, duty, reasons);
    }
    return reasons;
}

}  // namespace interregnum
