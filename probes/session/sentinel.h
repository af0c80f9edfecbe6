// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/base/result.h"
#include "harness/probe.h"
#include "probes/session/redis.h"

namespace interregnum {

/// Where a Sentinel says the master is.
struct MasterAddress {
    std::string host;
    std::uint16_t port{};
};

/// A message on one of a Sentinel's channels.
struct SentinelMessage {
    std::string channel;  ///< "+switch-master"
    std::string text;     ///< first 200 bytes
};

/// The message in what a subscription delivers; nullopt for anything else (the answer to PSUBSCRIBE
/// itself, PONG), and for what does not concern a failover of that master: other channels than
/// those that tell of one, and messages about other masters.
[[nodiscard]] std::optional<SentinelMessage> sentinel_message(RedisReply const& delivered,
                                                              std::string_view master_name);

/// Listens to what one Sentinel tells on its channels. For one thread.
class SentinelListener {
public:
    SentinelListener(ProbeNode const& node, RedisAccess const& access);

    /// Dials and subscribes; what was open is closed first. Errors as of `SentinelSession::master`.
    [[nodiscard]] Status subscribe(Instant deadline);
    /// The next message, or nullopt when none came by the deadline. A Sentinel that says nothing
    /// is asked (PING) whether it still is there; one that has not said anything for some two
    /// seconds is an error, after which it must be subscribed to again.
    [[nodiscard]] Result<std::optional<SentinelMessage>> next(Instant deadline);

private:
    std::string where_;
    std::string master_name_;
    RedisConnection plain_;
    RedisConnection with_password_;
    RedisConnection* session_{};
    Instant heard_{};  ///< when it last said anything
    Instant pinged_{};
};

/// Asks one Sentinel, over one connection that is kept while it works. For one thread.
class SentinelSession {
public:
    /// A Sentinel may have no password while Redis has one: it is asked without first.
    SentinelSession(ProbeNode const& node, RedisAccess const& access);

    /// Errors: timeout, unreachable, refused (it wants another password), not_found (it does not
    /// know a master of that name), protocol.
    [[nodiscard]] Result<MasterAddress> master(Instant deadline);

private:
    std::string where_;
    std::string master_name_;
    RedisConnection plain_;
    RedisConnection with_password_;
    RedisConnection* session_{};  ///< the one that it wants; null until dialled
};

}  // namespace interregnum
