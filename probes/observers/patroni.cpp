// SPDX-License-Identifier: MIT
#include <atomic>
#include <optional>
#include <utility>

#include "harness/probe.h"
#include "probes/session/looking.h"

namespace interregnum {
namespace {

constexpr Duration period = std::chrono::milliseconds(100);
/// For so long a look that was not told of the lock counts as none: whoever reads "no lock" there
/// would bound a promotion by it. After that it counts without a lock, since role and timeline are
/// worth more than that.
constexpr Duration lock_patience = std::chrono::seconds(2);

/// Watches one member. Its role is what its own PostgreSQL is, not what the lock says: of two
/// leaders during a split brain both are seen as such. `holds_lock` is the lock in that member's
/// memory (GET /leader), which does not tell whether PostgreSQL runs.
class PatroniObserver final : public Observer {
public:
    /// The members share where the leader's WAL was last seen, to tell a replica's lag.
    using LeaderLocation = std::shared_ptr<std::atomic<std::int64_t>>;

    PatroniObserver(ProbeContext const& context, ProbeNode node, LeaderLocation location)
        : context_(context), node_(std::move(node)), leader_location_(std::move(location)) {}

    void watch(std::stop_token stop) override {
        CostMeter cost(context_, "patroni", node_.name);
        look_every(period, context_, cost, stop, [&] {
            record::MemberSeen seen = look(stop);
            bool const answered = seen.reachable;
            if (!answered || lock_told_)
                no_lock_since_.reset();
            else if (!no_lock_since_)
                no_lock_since_ = seen.asked;
            if (no_lock_since_ && seen.at - *no_lock_since_ < lock_patience) return answered;
            seen.previous = std::exchange(previous_, seen.asked);
            if (stop.stop_requested() || (last_ && !differs(*last_, seen))) return answered;
            last_ = seen;
            context_.sink->write(std::move(seen));
            return answered;
        });
    }

private:
    record::MemberSeen look(std::stop_token const& stop) {
        Instant const asked = context_.clock->now();
        record::MemberSeen seen{.node = node_.name};
        std::uint16_t const port = node_.patroni_port;
        Result<HttpAnswer> const answer =
            http(rest_request(node_, port, "/patroni", context_.patroni), stop);
        if (answer && answer->status == 200) {
            if (Result<PatroniStatus> const status = parse_patroni_status(answer->body); status) {
                if (status->role == "leader") leader_location_->store(status->location);
                seen = member_seen(node_.name, *status, leader_location_->load());
                Result<HttpAnswer> const lock =
                    http(rest_request(node_, port, "/leader", context_.patroni), stop);
                lock_told_ = lock.has_value();
                seen.holds_lock = lock && lock->status == 200;
            }
        }
        seen.asked = context_.offset(asked);
        seen.at = context_.offset(context_.clock->now());
        return seen;
    }

    ProbeContext const& context_;
    ProbeNode node_;
    LeaderLocation leader_location_;
    std::optional<record::MemberSeen> last_;
    bool lock_told_{};                             ///< at the last look that was answered at all
    std::optional<record::Offset> no_lock_since_;  ///< looks were answered without it
    record::Offset previous_{-1};                  ///< when the look before this one was asked
};

std::vector<std::unique_ptr<Observer>> observers(Options const& /*options*/,
                                                 ProbeContext const& context) {
    auto const location = std::make_shared<std::atomic<std::int64_t>>(-1);
    std::vector<std::unique_ptr<Observer>> all;
    for (ProbeNode const& node : context.nodes)
        if (node.group == "db")
            all.push_back(std::make_unique<PatroniObserver>(context, node, location));
    return all;
}

RegisterProbe const registered{{
    .name = "patroni",
    .summary = "watches role, state, timeline, lag and lock of every member, 10 times a second",
    .role = ProbeKind::Role::observer,
    .observers = observers,
}};

}  // namespace
}  // namespace interregnum
