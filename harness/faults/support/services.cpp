// SPDX-License-Identifier: MIT
#include "harness/faults/support/services.h"

#include <algorithm>
#include <array>

namespace interregnum {

namespace {

constexpr std::array<Service, 6> services{{{"postgres", "", "postgres"},
                                           {"patroni", "patroni", "patroni"},
                                           {"etcd", "etcd", "etcd"},
                                           {"redis", "redis-server", "redis-server"},
                                           {"sentinel", "redis-sentinel", "redis-sentinel"},
                                           {"haproxy", "haproxy", "haproxy"}}};

}  // namespace

std::span<Service const> known_services() { return services; }

Service const* find_service(std::string_view name) {
    auto const found = std::ranges::find(services, name, &Service::name);
    return found == services.end() ? nullptr : &*found;
}

std::vector<std::string_view> service_names(bool with_unit_only) {
    std::vector<std::string_view> names;
    for (Service const& service : services)
        if (!with_unit_only || !service.unit.empty()) names.push_back(service.name);
    return names;
}

}  // namespace interregnum
