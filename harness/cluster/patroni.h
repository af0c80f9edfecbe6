// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/clock.h"
#include "harness/base/result.h"

namespace interregnum {

/// What a member says of itself: the body of `GET /patroni` (and of `/`), of any version.
struct PatroniStatus {
    std::string member;  ///< Patroni's name of it
    std::string scope;   ///< Patroni's name of the cluster
    std::string role;    ///< "leader" (older: "master", newer: "primary"), "replica"...
    std::string state;   ///< "running", "starting", "stopped"...
    std::int64_t timeline{};
    bool paused{};
    bool unlocked{};  ///< it knows of no leader
    bool sync_standby{};
    std::string replication_state{};  ///< of a replica: "streaming", "in archive recovery", ""
    std::int64_t location{-1};        ///< written (leader) or replayed (replica), bytes; -1 unknown
};

/// One row of `GET /cluster`.
struct PatroniMember {
    std::string name;
    std::string host;
    std::string role;   ///< "leader", "sync_standby", "quorum_standby", "replica"...
    std::string state;  ///< "running", "streaming", "in archive recovery"...
    std::int64_t timeline{};
    std::int64_t lag_bytes{-1};  ///< -1: the string "unknown", or absent (the leader)
};

struct PatroniCluster {
    std::vector<PatroniMember> members;
    bool paused{};
};

/// `GET /config`, with Patroni's own defaults for what it leaves out.
struct PatroniConfig {
    Duration ttl{std::chrono::seconds(30)};
    Duration loop_wait{std::chrono::seconds(10)};
    bool synchronous{};
    bool strict{};    ///< synchronous_mode_strict
    bool failsafe{};  ///< failsafe_mode
};

/// The key of the leader's lock in etcd, as Patroni builds it: "/service/shop/leader". Its value is
/// the name of the member that holds it.
[[nodiscard]] std::string leader_key(std::string_view name_space, std::string_view scope);

/// Bodies of the REST API into values. Unknown members are ignored; what is missing or of the
/// wrong type keeps its default, except where without it the answer means nothing.
[[nodiscard]] Result<PatroniStatus> parse_patroni_status(std::string_view body);
[[nodiscard]] Result<PatroniCluster> parse_patroni_cluster(std::string_view body);
[[nodiscard]] Result<PatroniConfig> parse_patroni_config(std::string_view body);

}  // namespace interregnum
