// SPDX-License-Identifier: MIT
#include "probes/session/streams.h"

#include <algorithm>

#include <fmt/format.h>

#include "probes/session/socket.h"

namespace interregnum {
namespace {

constexpr std::int64_t clients_limit = 1000;
constexpr Duration longest_deadline = std::chrono::seconds(60);
/// More often than this the storm is the only thing there is.
constexpr Duration shortest_storm = std::chrono::seconds(1);

Status check(StreamsWanted const& wanted) {
    if (wanted.entries.empty())
        return fail(Error::Kind::invalid,
                    fmt::format("the inventory names no endpoint in \"{}\"", wanted.list));
    if (wanted.deadline <= Duration::zero() || wanted.deadline > longest_deadline)
        return fail(Error::Kind::invalid, "the deadline has to be above 0 and at most 60 s");
    if (wanted.storm != Duration::zero() && wanted.storm < shortest_storm)
        return fail(Error::Kind::invalid, "a storm has to be at least 1 s after the one before");
    for (Endpoint const& endpoint : wanted.entries) {
        // "multi" resolves its own, one after another; an URL is libcurl's.
        if (endpoint.way == "multi" || endpoint.host.empty()) continue;
        if (Result<std::string> const address = numeric_address(endpoint.host); !address)
            return fail_in(endpoint.entry, address.error());
    }
    return {};
}

}  // namespace

Result<std::vector<StreamPlan>> plan_streams(StreamsWanted const& wanted) {
    if (Status const good = check(wanted); !good) return std::unexpected(good.error());
    if (wanted.rate_per_s <= 0 || wanted.modes.empty())
        return fail(Error::Kind::invalid, "nothing to do");
    auto const entries = static_cast<std::int64_t>(wanted.entries.size());
    auto const modes = static_cast<std::int64_t>(wanted.modes.size());
    // In doubles: a rate is one, and a nanosecond more or less does not matter here.
    Duration const period(
        static_cast<std::int64_t>(1e9 * static_cast<double>(entries) / wanted.rate_per_s));
    // A rate near the limit of what can be written leaves a period of nothing.
    if (period <= Duration::zero() || wanted.deadline / period >= clients_limit)
        return fail(Error::Kind::invalid,
                    fmt::format("{}/s with a deadline of {} ms takes more than {} clients",
                                wanted.rate_per_s, wanted.deadline / std::chrono::milliseconds(1),
                                clients_limit));
    std::int64_t const busy = (wanted.deadline + period - Duration(1)) / period + 2;
    std::int64_t const kept_share = std::max<std::int64_t>(1, kept_connections_limit / entries);
    std::vector<StreamPlan> plans;
    for (std::int64_t mode = 0; mode < modes; ++mode) {
        for (std::int64_t entry = 0; entry < entries; ++entry) {
            Endpoint const& endpoint = wanted.entries[static_cast<std::size_t>(entry)];
            record::Connection const connection = wanted.modes[static_cast<std::size_t>(mode)];
            bool const kept = connection == record::Connection::kept;
            plans.push_back({.service = wanted.service,
                             .entry = endpoint,
                             .connection = connection,
                             .period = period,
                             .offset = period * (entry * modes + mode) / (entries * modes),
                             .deadline = wanted.deadline,
                             .clients = static_cast<int>(kept ? std::min(busy, kept_share) : busy),
                             // Only what is kept can be dropped.
                             .storm = kept ? wanted.storm : Duration::zero()});
        }
    }
    return plans;
}

Result<std::vector<StreamPlan>> plan_closed_loops(StreamsWanted const& wanted,
                                                  std::int64_t clients) {
    if (Status const good = check(wanted); !good) return std::unexpected(good.error());
    auto const entries = static_cast<std::int64_t>(wanted.entries.size());
    if (clients < entries || clients > clients_limit)
        return fail(Error::Kind::invalid,
                    fmt::format("{} clients for {} entry points: expected at least one for each, "
                                "and at most {} together",
                                clients, entries, clients_limit));
    std::vector<StreamPlan> plans;
    for (std::int64_t entry = 0; entry < entries; ++entry)
        plans.push_back({.service = wanted.service,
                         .entry = wanted.entries[static_cast<std::size_t>(entry)],
                         .connection = record::Connection::kept,
                         .deadline = wanted.deadline,
                         .clients = static_cast<int>((clients + entries - 1 - entry) / entries),
                         .closed_loop = true,
                         .storm = wanted.storm});
    return plans;
}

std::vector<Endpoint> entries_through(std::string_view through,
                                      std::vector<Endpoint> EntryPoints::* list,
                                      ProbeContext const& context, std::string_view session_attrs) {
    EntryPoints const dialled{.write = context.write, .read = context.read, .cache = context.cache};
    std::vector<Endpoint> const& listed = dialled.*list;
    std::vector<Endpoint> const& plain = context.plain.*list;
    bool const all = through == "all";
    std::vector<Endpoint> found;
    if (through == "listed" || all) found = listed;
    if (through == "plain" || (all && !plain.empty()))
        for (Endpoint const& entry : plain.empty() ? listed : plain) found.push_back(entry);
    Endpoint multi{.entry = "multi", .way = "multi", .session_attrs = std::string(session_attrs)};
    for (ProbeNode const& node : context.nodes) {
        if (node.group != "db") continue;
        multi.host += (multi.host.empty() ? "" : ",") + node.address;
        multi.port = node.postgres_port;
        if (through == "direct" || all)
            found.push_back({.entry = fmt::format("{}:{}", node.name, node.postgres_port),
                             .host = node.address,
                             .port = node.postgres_port,
                             .way = "direct"});
    }
    if ((through == "multi" || all) && !multi.host.empty()) found.push_back(std::move(multi));
    return found;
}

std::vector<record::Connection> modes_of(std::string_view connections) {
    using enum record::Connection;
    if (connections == "kept") return {kept};
    if (connections == "fresh") return {fresh};
    return {kept, fresh};
}

OptionSpec rate_option(std::string_view fallback) {
    return {.name = "rate",
            .type = OptionType::rate,
            .fallback = fallback,
            .doc = "attempts a second in each connection mode, all entry points together"};
}

OptionSpec connections_option(std::string_view fallback) {
    return {.name = "connections",
            .type = OptionType::text,
            .fallback = fallback,
            .doc = "kept while they work, fresh for each attempt, or both as paths of their own",
            .choices = {"kept", "fresh", "both"}};
}

OptionSpec deadline_option() {
    return {.name = "deadline",
            .type = OptionType::duration,
            .fallback = "1s",
            .doc = "an answer that comes later is too late for a customer"};
}

OptionSpec through_option() {
    return {.name = "through",
            .type = OptionType::text,
            .fallback = "listed",
            .doc =
                "which way in: the inventory's list (through its SSH forward where it has one), "
                "the list without the forward, all database nodes as one multi-host address, "
                "each database node, or all of them side by side",
            .choices = {"listed", "plain", "multi", "direct", "all"}};
}

OptionSpec storm_option() {
    return {.name = "storm",
            .type = OptionType::duration,
            .doc = "so often all clients drop what they keep and dial again at the same instant"};
}

OptionSpec unlimited_option() {
    return {.name = "unlimited",
            .type = OptionType::flag,
            .fallback = "false",
            .doc =
                "no rate: a closed loop, in which each client on its kept connection buys as "
                "fast as it can; for capacity, and for a rush in which so many want the same"};
}

OptionSpec clients_option() {
    return {.name = "clients",
            .type = OptionType::integer,
            .fallback = "8",
            .doc = "clients when unlimited, all entry points together",
            .at_least = 1,
            .at_most = clients_limit};
}

OptionSpec wait_option() {
    return {.name = "wait",
            .type = OptionType::duration,
            .fallback = "100ms",
            .doc =
                "how long Redis is asked (WAIT) for a replica that has what was written, after "
                "the answer that customers wait for; 0s: not asked"};
}

Duration storm_of(Options const& options) {
    return options.has("storm") ? options.duration("storm") : Duration::zero();
}

}  // namespace interregnum
