// SPDX-License-Identifier: MIT
#include "probes/session/streams.h"

#include <algorithm>

#include <fmt/format.h>

#include "probes/session/socket.h"

namespace interregnum {
namespace {

constexpr std::int64_t clients_limit = 1000;
constexpr Duration longest_deadline = std::chrono::seconds(60);

}  // namespace

Result<std::vector<StreamPlan>> plan_streams(StreamsWanted const& wanted) {
    if (wanted.entries.empty())
        return fail(Error::Kind::invalid,
                    fmt::format("the inventory names no endpoint in \"{}\"", wanted.list));
    if (wanted.rate_per_s <= 0 || wanted.modes.empty())
        return fail(Error::Kind::invalid, "nothing to do");
    if (wanted.deadline <= Duration::zero() || wanted.deadline > longest_deadline)
        return fail(Error::Kind::invalid, "the deadline has to be above 0 and at most 60 s");
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
            if (Result<std::string> const address = numeric_address(endpoint.host); !address)
                return fail_in(endpoint.entry, address.error());
            record::Connection const connection = wanted.modes[static_cast<std::size_t>(mode)];
            bool const kept = connection == record::Connection::kept;
            plans.push_back(
                {.service = wanted.service,
                 .entry = endpoint,
                 .connection = connection,
                 .period = period,
                 .offset = period * (entry * modes + mode) / (entries * modes),
                 .deadline = wanted.deadline,
                 .clients = static_cast<int>(kept ? std::min(busy, kept_share) : busy)});
        }
    }
    return plans;
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

}  // namespace interregnum
