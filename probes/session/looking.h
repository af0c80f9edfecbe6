// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>

#include "harness/base/clock.h"
#include "harness/cluster/http.h"
#include "harness/cluster/patroni.h"
#include "harness/probe.h"

namespace interregnum {

/// Longer than this no observer waits for one answer.
inline constexpr Duration look_limit = std::chrono::milliseconds(500);

/// Adds up what an observer's looks cost, and writes it into the record when it goes.
class CostMeter {
public:
    /// `node` is "" where it is not one node that is watched.
    CostMeter(ProbeContext const& context, std::string_view observer, std::string node);
    CostMeter(CostMeter const&) = delete;
    CostMeter& operator=(CostMeter const&) = delete;
    ~CostMeter();
    /// One look, asked at `asked` and over now.
    void count(Instant asked, bool answered);

private:
    ProbeContext const& context_;
    record::ObserverCost cost_;
};

/// Calls `look` on a grid until stopped; it says whether there was an answer. A look that took
/// longer than the period moves the grid: an observer has nothing to make up for.
template <class Look>
void look_every(Duration period, ProbeContext const& context, CostMeter& cost,
                std::stop_token const& stop, Look&& look) {
    Clock& clock = *context.clock;
    Instant due = clock.now();
    while (!stop.stop_requested()) {
        Instant const asked = clock.now();
        bool const answered = look();
        if (stop.stop_requested()) return;  // cut off: no look
        cost.count(asked, answered);
        due = std::max(due + period, clock.now());
        if (!clock.sleep_until(due, stop)) return;
    }
}

/// A request to a REST service of a node, with an observer's limits.
[[nodiscard]] HttpRequest rest_request(ProbeNode const& node, std::uint16_t port, std::string path,
                                       RestAccess const& access);

/// What `GET /patroni` of a node says, as an event; times and lock are the caller's.
/// `leader_location` is the leader's WAL position as last seen, -1 when never: a replica's lag is
/// measured from it, so it can be one look too small or too large.
[[nodiscard]] record::MemberSeen member_seen(std::string node, PatroniStatus const& status,
                                             std::int64_t leader_location);

/// Whether two sights of a member differ in what a reader cares for: anything but their times,
/// and lag only by its order of magnitude (1 MiB, 16 MiB, 256 MiB).
[[nodiscard]] bool differs(record::MemberSeen const& left, record::MemberSeen const& right);

/// HAProxy's status without its count of checks: "UP 1/3" is "UP", "MAINT (via a/b)" is "MAINT".
[[nodiscard]] std::string plain_status(std::string const& status);

}  // namespace interregnum
