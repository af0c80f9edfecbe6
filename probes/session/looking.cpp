// SPDX-License-Identifier: MIT
#include "probes/session/looking.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace interregnum {
namespace {

/// 0 up to 1 MiB (near zero, as Patroni's candidacy limit has it), then a step each 16 times.
int lag_class(std::int64_t bytes) {
    if (bytes < 0) return -1;
    int steps = 0;
    for (std::int64_t limit = std::int64_t{1} << 20U; bytes > limit && steps < 3; limit *= 16)
        ++steps;
    return steps;
}

auto what_matters(record::MemberSeen const& seen) {
    return std::tuple(seen.node, seen.reachable, seen.role, seen.state, seen.timeline,
                      lag_class(seen.lag_bytes), seen.holds_lock, seen.writable);
}

}  // namespace

CostMeter::CostMeter(ProbeContext const& context, std::string_view observer, std::string node)
    : context_(context), cost_{.observer = std::string(observer), .node = std::move(node)} {}

CostMeter::~CostMeter() {
    cost_.at = context_.offset(context_.clock->now());
    context_.sink->write(cost_);
}

void CostMeter::count(Instant asked, bool answered) {
    ++cost_.looks;
    if (!answered) ++cost_.failed;
    cost_.waited += context_.clock->now() - asked;
}

HttpRequest rest_request(ProbeNode const& node, std::uint16_t port, std::string path,
                         RestAccess const& access) {
    return {.host = node.address,
            .port = port,
            .path = std::move(path),
            .timeout = look_limit,
            .tls = access.tls,
            .cacert = access.cacert,
            .cert = access.cert,
            .key = access.key,
            .user = access.user,
            .password = access.password};
}

record::MemberSeen member_seen(std::string node, PatroniStatus const& status,
                               std::int64_t leader_location) {
    record::MemberSeen seen{.node = std::move(node),
                            .reachable = true,
                            .role = status.role,
                            .state = status.state,
                            .timeline = status.timeline};
    bool const leads = status.role == "leader";
    seen.writable = leads && status.state == "running";
    if (leads) return seen;
    if (status.role == "replica" && status.sync_standby) seen.role = "sync_standby";
    if (status.state == "running" && !status.replication_state.empty())
        seen.state = status.replication_state;
    if (status.location >= 0 && leader_location >= 0)
        seen.lag_bytes = std::max<std::int64_t>(0, leader_location - status.location);
    return seen;
}

bool differs(record::MemberSeen const& left, record::MemberSeen const& right) {
    return what_matters(left) != what_matters(right);
}

std::string plain_status(std::string const& status) {
    if (status == "no check") return status;
    return status.substr(0, status.find(' '));
}

}  // namespace interregnum
