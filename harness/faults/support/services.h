// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace interregnum {

/// What the names of services in options mean on a Debian node.
struct Service {
    std::string_view name;     ///< as in options: "sentinel"
    std::string_view unit;     ///< systemd unit; "" for PostgreSQL, which Patroni starts itself
    std::string_view program;  ///< process name, as `pgrep -x` wants it
};

/// postgres, patroni, etcd, redis, sentinel, haproxy.
[[nodiscard]] std::span<Service const> known_services();
/// nullptr for an unknown name.
[[nodiscard]] Service const* find_service(std::string_view name);
/// All names, or only of those with a unit: for the `choices` of an option.
[[nodiscard]] std::vector<std::string_view> service_names(bool with_unit_only);

}  // namespace interregnum
