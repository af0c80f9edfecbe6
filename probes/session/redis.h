// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/clock.h"
#include "harness/base/secret.h"
#include "probes/session/outcome.h"

namespace interregnum {

/// An answer of Redis, as text. Nested deeper than the commands used here answer: dropped.
struct RedisReply {
    enum class Kind { nothing, text, integer, list };
    Kind kind{Kind::nothing};
    std::string text{};
    std::int64_t integer{};
    std::vector<RedisReply> list{};
};

/// One connection to Redis or a Sentinel on which every call returns by its deadline. hiredis
/// without blocking, driven by poll(2): its own timeouts bound each read, not the whole call.
/// hiredis 0.14 has no TLS. For one thread.
class RedisConnection {
public:
    RedisConnection(std::string const& host, std::uint16_t port, std::string user, Secret password);
    ~RedisConnection();
    RedisConnection(RedisConnection const&) = delete;
    RedisConnection& operator=(RedisConnection const&) = delete;

    [[nodiscard]] bool open() const;

    /// Dials, and logs in (AUTH) or, without a password, says PING. That round trip is what tells
    /// a Redis from a load balancer that accepts and has nobody behind it: without it every
    /// attempt of an outage would be `unknown`.
    [[nodiscard]] Ending connect(Instant deadline);

    /// Sends one command, arguments as they are, and takes its answer. After any end but an
    /// answer the connection is closed.
    [[nodiscard]] Ending ask(std::vector<std::string> const& command, Instant deadline,
                             RedisReply& answer);

    /// Sends one command and does not wait for its answer, which comes with `next`.
    [[nodiscard]] Ending send(std::vector<std::string> const& command, Instant deadline);

    /// Takes the next message that comes: the answer to what was sent, or one that comes without
    /// being asked for (after PSUBSCRIBE). When none came by the deadline the connection stays
    /// open, and the message may still come; after any other end it is closed.
    [[nodiscard]] Ending next(Instant deadline, RedisReply& message);

    /// How many replicas have acknowledged all that was written on this connection: WAIT 1, which
    /// answers as soon as one has or `longest` is over, with those that have. -1 when there is no
    /// answer, less than 2 ms are left, or `longest` is below 1 ms (WAIT's 0 means for ever).
    /// "WAIT said 1 and the write is lost" is possible: another replica may be promoted.
    [[nodiscard]] std::int64_t replicas_that_have_it(Duration longest, Instant deadline);

    /// Closes; never waits.
    void close();

private:
    struct State;
    [[nodiscard]] Ending take_reply(Instant deadline, RedisReply& answer);
    [[nodiscard]] Ending exchange(std::vector<std::string> const& command, Instant deadline,
                                  RedisReply& answer);
    Ending abandon(Ending ending);

    std::string address_;  ///< "" when the host has none
    std::string no_address_because_;
    std::uint16_t port_{};
    std::string user_;
    Secret password_;
    std::unique_ptr<State> state_;
};

}  // namespace interregnum
