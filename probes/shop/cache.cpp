// SPDX-License-Identifier: MIT
#include <memory>
#include <set>

#include <fmt/format.h>

#include "harness/probe.h"
#include "probes/session/names.h"
#include "probes/session/redis.h"
#include "probes/session/sentinel.h"

namespace interregnum {
namespace {

constexpr Duration call_limit = std::chrono::seconds(3);
/// A SCAN goes through the whole keyspace, the owner's keys too.
constexpr Duration scan_limit = std::chrono::seconds(120);
constexpr std::string_view scan_count = "1000";

std::unexpected<Error> stopped() { return fail(Error::Kind::stopped, "stopped"); }

Instant call_deadline() { return SteadyClock{}.now() + call_limit; }

struct Master {
    std::string source;  ///< the node's name, or the address when no node has it
    std::unique_ptr<RedisConnection> redis;
};

/// Dials and makes sure that it is a master.
Status dial(Master& master, ProbeContext const& context, std::string const& host,
            std::uint16_t port) {
    std::string const where = fmt::format("Redis at {}:{}", host, port);
    master.redis =
        std::make_unique<RedisConnection>(host, port, context.redis.user, context.redis.password);
    if (Ending const dialled = master.redis->connect(call_deadline()); !dialled.good())
        return fail(Error::Kind::unreachable, fmt::format("{}: {}", where, dialled.detail));
    RedisReply role;
    Ending const asked = master.redis->ask({"ROLE"}, call_deadline(), role);
    if (!asked.good())
        return fail(Error::Kind::failed, fmt::format("{}: ROLE: {}", where, asked.detail));
    if (role.list.empty() || role.list[0].text != "master")
        return fail(Error::Kind::refused, where + ": it is not a master");
    return {};
}

/// The master that the Sentinels name; where none can be asked, through an entry point.
Result<Master> open_master(ProbeContext const& context, std::stop_token const& stop) {
    Error last{.kind = Error::Kind::invalid,
               .message = "the inventory names neither Sentinels nor a \"cache\" endpoint"};
    Master master;
    for (ProbeNode const& node : context.nodes) {
        if (node.group != "db" || context.redis.master_name.empty()) continue;
        if (stop.stop_requested()) return stopped();
        SentinelSession sentinel(node, context.redis);
        Result<MasterAddress> const named = sentinel.master(call_deadline());
        Status const dialled = named ? dial(master, context, named->host, named->port)
                                     : Status(std::unexpected(named.error()));
        if (dialled) {
            master.source = node_at(context, named->host);
            return master;
        }
        last = dialled.error();
    }
    for (Endpoint const& entry : context.cache) {
        if (stop.stop_requested()) return stopped();
        Status const dialled = dial(master, context, entry.host, entry.port);
        if (dialled) {
            master.source = entry.entry;
            return master;
        }
        last = dialled.error();
    }
    return std::unexpected(last);
}

/// Calls `take` with each batch of keys that match, until it fails.
template <class Take>
Status scan(RedisConnection& redis, std::string const& pattern, std::stop_token const& stop,
            Take&& take) {
    Instant const limit = SteadyClock{}.now() + scan_limit;
    std::string cursor = "0";
    do {
        if (stop.stop_requested()) return stopped();
        if (SteadyClock{}.now() >= limit)
            return fail(Error::Kind::timeout, "going through the keys took longer than 120 s");
        RedisReply reply;
        Ending const asked =
            redis.ask({"SCAN", cursor, "MATCH", pattern, "COUNT", std::string(scan_count)},
                      call_deadline(), reply);
        if (!asked.good()) return fail(Error::Kind::failed, "SCAN: " + asked.detail);
        if (reply.list.size() != 2)
            return fail(Error::Kind::protocol, "SCAN: expected a cursor and a list");
        cursor = reply.list[0].text;
        std::vector<std::string> keys;
        for (RedisReply const& key : reply.list[1].list) keys.push_back(key.text);
        if (keys.empty()) continue;
        if (Status const taken = take(std::move(keys)); !taken) return taken;
    } while (cursor != "0");
    return {};
}

/// Removes all keys of ours, of earlier runs too: there is one run at a time on a cluster.
Status remove_ours(ProbeContext const& context, std::stop_token const& stop) {
    Result<Master> const master = open_master(context, stop);
    if (!master) return std::unexpected(master.error());
    Status const removed = scan(*master->redis, escape_glob(our_keys) + "*", stop,
                                [&](std::vector<std::string> keys) -> Status {
                                    keys.insert(keys.begin(), "UNLINK");
                                    RedisReply ignored;
                                    Ending const asked =
                                        master->redis->ask(keys, call_deadline(), ignored);
                                    if (!asked.good())
                                        return fail(Error::Kind::failed, "UNLINK: " + asked.detail);
                                    return {};
                                });
    if (!removed) return fail_in("Redis on " + master->source, removed.error());
    return {};
}

Status prepare(ProbeContext const& context, Options const& /*workload*/, std::stop_token stop) {
    return remove_ours(context, stop);
}

/// The tokens of this run's keys that have a value. SCAN may show a key twice, and one that is
/// gone meanwhile: hence a set, and MGET.
Result<std::set<std::string>> tokens_there(RedisConnection& redis, std::string const& prefix,
                                           std::stop_token const& stop) {
    std::set<std::string> tokens;
    Status const scanned =
        scan(redis, escape_glob(prefix) + "*", stop, [&](std::vector<std::string> keys) -> Status {
            std::vector<std::string> command = keys;
            command.insert(command.begin(), "MGET");
            RedisReply values;
            Ending const asked = redis.ask(command, call_deadline(), values);
            if (!asked.good()) return fail(Error::Kind::failed, "MGET: " + asked.detail);
            if (values.list.size() != keys.size())
                return fail(Error::Kind::protocol, "MGET: expected a value for each key");
            for (std::size_t i = 0; i < keys.size(); ++i) {
                bool const there = values.list[i].kind == RedisReply::Kind::text;
                if (there && keys[i].starts_with(prefix))
                    tokens.insert(keys[i].substr(prefix.size()));
            }
            return {};
        });
    if (!scanned) return std::unexpected(scanned.error());
    return tokens;
}

Status final_read(ProbeContext const& context, std::string const& /*leader*/,
                  std::vector<std::string> const& /*replicas*/, std::stop_token stop) {
    constexpr std::size_t chunk_rows = 2000;
    Result<Master> const master = open_master(context, stop);
    if (!master) return fail_in("final read", master.error());
    Result<std::set<std::string>> const tokens =
        tokens_there(*master->redis, run_keys(context) + "c:", stop);
    if (!tokens) return fail_in("final read of " + master->source, tokens.error());
    record::FinalRows chunk{.kind = "cache", .source = master->source, .role = "leader"};
    for (std::string const& token : *tokens) {
        if (chunk.rows.size() == chunk_rows) {
            chunk.at = context.offset(context.clock->now());
            context.sink->write(chunk);
            chunk.rows.clear();
        }
        chunk.rows.push_back({.token = token, .id = 0, .count = 1});
    }
    chunk.last = true;
    chunk.at = context.offset(context.clock->now());
    context.sink->write(std::move(chunk));
    return {};
}

Status drop(ProbeContext const& context, std::stop_token stop) {
    return remove_ours(context, stop);
}

RegisterStore const registered{{
    .name = "cache",
    .summary = "keys \"interregnum:*\" on the Redis master",
    .prepare = prepare,
    .final_read = final_read,
    .drop = drop,
}};

}  // namespace
}  // namespace interregnum
