// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "harness/base/result.h"
#include "harness/probe.h"
#include "probes/session/redis.h"

namespace interregnum {

/// Where a Sentinel says the master is.
struct MasterAddress {
    std::string host;
    std::uint16_t port{};
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
    bool wants_password_{};
};

}  // namespace interregnum
