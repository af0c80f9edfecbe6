// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/measure.h"
#include "reports/measures/moment.h"

/// What happened when in a failover, each instant with its source and its error.
namespace interregnum {

/// One instant of a failover.
struct Milestone {
    std::string name;  ///< "lock taken"
    Maybe at;
    /// Which event of the record said so, and of whom: "etcd watch of db3: db2 holds the key".
    /// Where `at` is not known: why not.
    std::string source;
    /// True for what certainly was before the outage began, or after the first customer had his
    /// answer, such as a lock that moved later: it explains nothing of the outage. (That customer
    /// may have come up to a deadline before the server was back, and waited for it: the outage
    /// ends when he came.)
    bool aside{};
};

/// The failover of PostgreSQL that the longest write outage after the first fault was about.
///   fault           the injection
///   outage          the path went down: the begin of that outage
///   detected        the first word of it: a customer's attempt ended without an answer, HAProxy
///                   marked the old leader down, or the lock went
///   lock lost       etcd's watch: the leader key went (its lease ended or was given back)
///   lock taken      etcd's watch, else Patroni's GET /leader: another node holds it
///   promoted        Patroni of that node: out of recovery on a higher timeline
///   writable        a canary write accepted there, else Patroni's word that it is out of recovery
///   routed          HAProxy of the outage's entry marked it up
///   sync wait over  only where commits waited for a synchronous standby in that outage: PostgreSQL
///                   of the leader no longer has one that waits
///   first customer  the outage ended
///   all customers   that of the last path of writes and tickets ended
///   redundant       a step awaited it, else all members were seen streaming on the new timeline
/// Where the leader stayed (a restart in place), lock and promotion are missing and `writable` is
/// the old leader's. Causes come before their effects (a node holds the lock before it is
/// promoted...), and the bounds are narrowed by that.
struct Failover {
    std::vector<Milestone> milestones;  ///< in the order above; empty without a fault
    bool leader_changed{};
    std::string entry;  ///< of the outage's path
    /// The outage that it is about; not known when no write was missing.
    MeasureValue downtime;
    /// The path's other outages after the fault, summed.
    MeasureValue elsewhere;

    [[nodiscard]] Milestone const* find(std::string_view name) const;
};

[[nodiscard]] Failover failover_of(Study const& study);

/// The same for Redis, of the longest cache outage: fault, outage, sdown (the first Sentinel takes
/// the master for down), odown (enough of them agree), switch (+switch-master), agreed (more than
/// half of the Sentinels name the new master), routed (HAProxy marks it up), first customer.
/// Empty unless the Sentinels switched or a write to the cache was missing after the fault.
[[nodiscard]] Failover redis_failover_of(Study const& study);

/// Bounds for a chain of instants of which each causes the next: no cause is later than its
/// effect's latest, no effect earlier than its cause's earliest. Unknown ones are passed over.
void narrow(std::vector<Milestone*> const& chain);

}  // namespace interregnum
