// SPDX-License-Identifier: MIT
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "harness/base/clock.h"
#include "harness/remote/fleet.h"

namespace interregnum {

/// Copies what the services of each node logged in the last `span` into `folder`/NODE/UNIT.log:
/// the journals of Patroni, etcd, Redis, Sentinel and HAProxy, and PostgreSQL's own log. At most
/// 4 MiB a file (the newest part). Returns one sentence for each node that could not be asked.
std::vector<std::string> collect_node_logs(Fleet& fleet, std::vector<std::string> const& nodes,
                                           Duration span, std::string const& folder,
                                           std::stop_token stop);

}  // namespace interregnum
