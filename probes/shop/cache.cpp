// SPDX-License-Identifier: MIT
#include <algorithm>
#include <charconv>
#include <map>
#include <memory>

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

/// Token and value of this run's keys of one letter: "c" of cache writes, "b" of carts.
using Found = std::map<std::string, std::int64_t>;

struct Texts {
    Found cache;
    Found carts;  ///< with their fencing tokens
};

/// A number, or 0.
std::int64_t number_in(std::string const& text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

/// SCAN may show a key twice, and one that is gone meanwhile: hence maps, and MGET (which has no
/// value for keys of other kinds, as queues are).
Result<Texts> texts_there(RedisConnection& redis, std::string const& prefix,
                          std::stop_token const& stop) {
    Texts texts;
    auto const take = [&](std::string const& key, RedisReply const& value) {
        if (value.kind != RedisReply::Kind::text || !key.starts_with(prefix)) return;
        std::string const name = key.substr(prefix.size());
        if (name.starts_with("c:")) texts.cache[name.substr(2)] = 0;
        if (name.starts_with("b:")) texts.carts[name.substr(2)] = number_in(value.text);
    };
    Status const scanned =
        scan(redis, escape_glob(prefix) + "*", stop, [&](std::vector<std::string> keys) -> Status {
            std::vector<std::string> command = keys;
            command.insert(command.begin(), "MGET");
            RedisReply values;
            Ending const asked = redis.ask(command, call_deadline(), values);
            if (!asked.good()) return fail(Error::Kind::failed, "MGET: " + asked.detail);
            if (values.list.size() != keys.size())
                return fail(Error::Kind::protocol, "MGET: expected a value for each key");
            for (std::size_t i = 0; i < keys.size(); ++i) take(keys[i], values.list[i]);
            return {};
        });
    if (!scanned) return std::unexpected(scanned.error());
    return texts;
}

/// A whole list or hash, as its elements one after the other. Its size is bounded by what one
/// drill puts there.
Result<std::vector<RedisReply>> elements(RedisConnection& redis,
                                         std::vector<std::string> const& command) {
    RedisReply reply;
    Ending const asked = redis.ask(command, SteadyClock{}.now() + scan_limit, reply);
    if (!asked.good()) return fail(Error::Kind::failed, command.front() + ": " + asked.detail);
    return std::move(reply.list);
}

/// Writes rows in chunks; the last one says that they are complete.
void write_rows(ProbeContext const& context, record::FinalRows chunk,
                std::vector<record::FinalRow> const& rows) {
    constexpr std::size_t chunk_rows = 2000;
    for (std::size_t from = 0; !chunk.last; from += chunk_rows) {
        std::size_t const to = std::min(rows.size(), from + chunk_rows);
        chunk.rows.assign(rows.begin() + static_cast<std::ptrdiff_t>(from),
                          rows.begin() + static_cast<std::ptrdiff_t>(to));
        chunk.last = to == rows.size();
        chunk.at = context.offset(context.clock->now());
        context.sink->write(chunk);
    }
}

std::vector<record::FinalRow> rows_of(Found const& found) {
    std::vector<record::FinalRow> rows;
    for (auto const& [token, id] : found) rows.push_back({.token = token, .id = id, .count = 1});
    return rows;
}

Status read_all(ProbeContext const& context, Master const& master, std::stop_token const& stop) {
    std::string const prefix = run_keys(context);
    Result<Texts> const texts = texts_there(*master.redis, prefix, stop);
    if (!texts) return std::unexpected(texts.error());
    auto const queued = elements(*master.redis, {"LRANGE", prefix + "q", "0", "-1"});
    if (!queued) return std::unexpected(queued.error());
    auto const done = elements(*master.redis, {"HGETALL", prefix + "t"});
    if (!done) return std::unexpected(done.error());
    std::vector<record::FinalRow> waiting;
    for (RedisReply const& task : *queued) waiting.push_back({.token = task.text});
    std::vector<record::FinalRow> tasks;
    for (std::size_t i = 0; i + 1 < done->size(); i += 2)
        tasks.push_back({.token = (*done)[i].text, .count = number_in((*done)[i + 1].text)});
    auto const write = [&](std::string kind, std::vector<record::FinalRow> const& rows) {
        write_rows(context,
                   {.kind = std::move(kind), .source = master.source, .role = "leader", .rows = {}},
                   rows);
    };
    write("cache", rows_of(texts->cache));
    write("carts", rows_of(texts->carts));
    write("tasks", tasks);
    write("tasks_queued", waiting);
    return {};
}

Status final_read(ProbeContext const& context, std::string const& /*leader*/,
                  std::vector<std::string> const& /*replicas*/, std::stop_token stop) {
    Result<Master> const master = open_master(context, stop);
    if (!master) return fail_in("final read", master.error());
    Status const read = read_all(context, *master, stop);
    if (!read) return fail_in("final read of " + master->source, read.error());
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
