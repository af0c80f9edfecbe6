// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "harness/base/result.h"

namespace interregnum {

/// What an etcd member says of itself.
struct EtcdStatus {
    bool leader{};      ///< it leads the Raft group
    bool has_leader{};  ///< it knows of a leader: the group has a quorum
};

/// The path that is POSTed `{}` to, and its answer's meaning (etcd's gRPC gateway, v3).
inline constexpr std::string_view etcd_status_path = "/v3/maintenance/status";
[[nodiscard]] Result<EtcdStatus> parse_etcd_status(std::string_view body);

}  // namespace interregnum
