// SPDX-License-Identifier: MIT
#pragma once

#include <stop_token>
#include <string>

#include "harness/base/result.h"
#include "harness/lab/lab.h"
#include "harness/lab/settings.h"

namespace interregnum {

/// What each service says of itself now. Empty texts are good; else what is missing.
struct LabHealth {
    std::string etcd;
    std::string postgres;
    std::string redis;
    std::string haproxy;
    std::string leader;        ///< node, "" when there is none
    std::string redis_master;  ///< node, "" when the Sentinels do not agree on one
    [[nodiscard]] std::string first_missing() const;
};

/// Asks everybody once (in a thread inside the lab's network).
[[nodiscard]] LabHealth ask_health(bool synchronous, std::string const& redis_password);

/// Whether PostgreSQL has a leader now.
[[nodiscard]] bool ask_leader();

/// Makes every Patroni look around now: a replica that just missed the news of the first leader
/// would else wait for one whole `loop_wait`. Changes nothing.
void wake_patroni();

/// Waits until PostgreSQL has a leader.
[[nodiscard]] Status wait_for_leader(LabProgress const& progress, std::stop_token stop);

/// Waits until everything is healthy and one real write went through each entry point.
[[nodiscard]] Status wait_until_healthy(LabSettings const& settings,
                                        std::string const& redis_password,
                                        LabProgress const& progress, std::stop_token stop);

}  // namespace interregnum
