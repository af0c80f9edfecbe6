// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "harness/base/clock.h"
#include "harness/base/result.h"
#include "harness/base/secret.h"

namespace interregnum {

/// Where a Redis or a Sentinel listens, and how to log in: a Redis always, a Sentinel only where
/// it wants a login.
struct RedisTarget {
    std::string host;
    std::uint16_t port{};
    std::string user{};
    Secret password{};
    Duration timeout{std::chrono::seconds(1)};  ///< for each of connecting and asking
};

/// What a Redis says of itself (`ROLE`).
struct RedisRole {
    std::string role;         ///< "master" or "slave"
    std::string link;         ///< of a replica: "connected", "sync"...
    std::int64_t replicas{};  ///< of a master: connected replicas
};

[[nodiscard]] Result<RedisRole> ask_redis_role(RedisTarget const& target);

/// The address of the master as this Sentinel names it; not_found when it does not know the name.
[[nodiscard]] Result<std::string> ask_sentinel_master(RedisTarget const& target,
                                                      std::string const& master_name);

/// A master as a Sentinel lists it.
struct SentinelMaster {
    std::string name;     ///< Sentinel's name of it
    std::string address;  ///< of the Redis that is it now
    std::uint16_t port{};
    std::vector<std::string> replicas;   ///< addresses of its other Redis servers
    std::vector<std::string> sentinels;  ///< addresses of the other Sentinels that watch it
};

/// All masters that this Sentinel watches, at most 100 of them, each with its peers.
[[nodiscard]] Result<std::vector<SentinelMaster>> ask_sentinel_masters(RedisTarget const& target);

/// Names and values, as a Redis or a Sentinel tells them.
using RedisValues = std::vector<std::pair<std::string, std::string>>;
/// The settings of a Redis (`CONFIG GET`), those whose name says that they are secret left out.
[[nodiscard]] Result<RedisValues> ask_redis_settings(RedisTarget const& target);
/// What a Sentinel holds of a master (`SENTINEL MASTER`), and as "ckquorum" what it says to
/// `SENTINEL CKQUORUM`.
[[nodiscard]] Result<RedisValues> ask_sentinel_settings(RedisTarget const& target,
                                                        std::string const& master_name);

/// Whether a Redis or a Sentinel there wants a login first; an error when none answers.
[[nodiscard]] Result<bool> wants_login(RedisTarget const& target);

}  // namespace interregnum
