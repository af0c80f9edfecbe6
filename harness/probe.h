// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/clock.h"
#include "harness/base/option.h"
#include "harness/base/registry.h"
#include "harness/base/result.h"
#include "harness/base/secret.h"
#include "harness/record/event.h"

namespace interregnum {

/// Where a customer dials. `entry` is how the inventory and the reports call it.
struct Endpoint {
    std::string entry;  ///< "app1:5000"
    /// Address that is dialled; "multi": several, with commas between, tried in that order.
    std::string host;
    std::uint16_t port{};
    /// As in `record::StreamDeclared`: "", "multi", "direct", "via app1".
    std::string way{};
    Duration way_delay{};  ///< as in `record::StreamDeclared`
    /// PostgreSQL: what kind of server is wanted, as libpq's target_session_attrs has it; "": any.
    std::string session_attrs{};
};

/// How PostgreSQL is logged in to. Files are paths on the controller.
struct PostgresAccess {
    std::string user;
    std::string dbname;
    std::string sslmode{"prefer"};
    std::string sslrootcert;
    std::string sslcert;
    std::string sslkey;
    Secret password;
};

struct RedisAccess {
    std::string master_name;  ///< Sentinel's name of it
    std::string user;         ///< ACL user; empty: AUTH with the password only
    Secret password;
};

/// How a REST service on the nodes (Patroni, etcd) is spoken to. Files are on the controller.
struct RestAccess {
    bool tls{};
    std::string cacert;
    std::string cert;
    std::string key;
    std::string user;
    Secret password;
};

/// A node and the ports of its services, for probes that look at nodes directly.
struct ProbeNode {
    std::string name;
    std::string address;
    std::string group;
    std::uint16_t patroni_port{8008};
    std::uint16_t etcd_port{2379};
    std::uint16_t postgres_port{5432};
    std::uint16_t redis_port{6379};
    std::uint16_t sentinel_port{26379};
    std::uint16_t haproxy_stats_port{7000};
    /// Further addresses that it is known by; see harness/cluster/addresses.h.
    std::vector<std::string> addresses{};
};

/// The inventory's entry points, by list.
struct EntryPoints {
    std::vector<Endpoint> write;
    std::vector<Endpoint> read;
    std::vector<Endpoint> cache;
};

/// What every probe of a run shares. Outlives all of them; safe to read from any thread.
struct ProbeContext {
    std::string run_id;
    std::uint64_t seed{};
    Instant origin;  ///< Offset 0 of the record
    Clock* clock{};
    record::Sink* sink{};
    std::vector<Endpoint> write;
    std::vector<Endpoint> read;
    std::vector<Endpoint> cache;
    /// The same entry points without the SSH forward that the lists above go through, where the
    /// inventory has one ("via"); else empty.
    EntryPoints plain;
    std::vector<ProbeNode> nodes;
    PostgresAccess postgres;
    RedisAccess redis;
    std::string patroni_scope;      ///< Patroni's name of the cluster; "" when not known
    std::string patroni_namespace;  ///< where its keys are in etcd: "/service"
    RestAccess patroni;
    RestAccess etcd;

    [[nodiscard]] record::Offset offset(Instant at) const { return at - origin; }
};

/// One client of a stream: one thread, at most one connection of each kind.
class Customer {
public:
    virtual ~Customer() = default;
    /// Makes one attempt and tells honestly how it ended. `attempt` comes with stream, number,
    /// due and started filled in; the customer fills in outcome, token, id, server, error,
    /// sqlstate and detail; and `finished` where it goes on asking after the answer that customers
    /// wait for (else that is when it returns). Must return by `deadline` (plus a few ms) whatever
    /// the network does and must not throw.
    virtual void act(record::Attempt& attempt, Instant deadline) = 0;
    /// A connection storm: drops what it keeps and dials again at once, by `deadline`. Not an
    /// attempt; what becomes of it shows in the next one.
    virtual void redial(Instant /*deadline*/) {}
};

/// Looks at the cluster and writes what it sees into the record until told to stop.
class Observer {
public:
    virtual ~Observer() = default;
    virtual void watch(std::stop_token stop) = 0;
};

/// One grid of attempts that a probe wants: the engine adds the stream's id and runs it.
struct StreamPlan {
    record::Service service{record::Service::write};
    Endpoint entry;
    record::Connection connection{record::Connection::fresh};
    Duration period{};
    /// First due time relative to the start of the run's grid, below one period. Streams that
    /// share a rate are set apart by it, so that together they leave no gap.
    Duration offset{};
    Duration deadline{};
    /// The k-th due time is served by client k modulo this.
    int clients{};
    /// No grid: each client makes its next attempt when the one before has ended. `period` is 0.
    bool closed_loop{};
    /// All clients drop and redial this often, all streams at the same instants; 0: never.
    Duration storm{};
};

/// A kind of client. One file in `probes/customers/` or `probes/observers/` each.
struct ProbeKind {
    enum class Role { customer, observer };
    std::string_view name;     ///< "orders"; the file is orders.cpp
    std::string_view summary;  ///< one line for `interregnum list probes`
    Role role{Role::customer};
    std::vector<OptionSpec> options{};
    /// Stores that must be prepared before it starts, by name: {"shop"}.
    std::vector<std::string_view> stores{};
    /// Customers: the streams it wants. Fails when an endpoint it needs is not in the inventory.
    Result<std::vector<StreamPlan>> (*streams)(Options const&, ProbeContext const&){nullptr};
    /// Customers: one client of a stream. `index` is 0 .. clients-1.
    std::unique_ptr<Customer> (*customer)(Options const&, ProbeContext const&,
                                          record::StreamDeclared const& stream, Endpoint const&,
                                          int index){nullptr};
    /// Observers: as many as it wants, each gets a thread of its own (one a node, usually).
    std::vector<std::unique_ptr<Observer>> (*observers)(Options const&,
                                                        ProbeContext const&){nullptr};
    /// Customers: it runs unless a scenario switches it off. False: only when one names it.
    bool by_default{true};
    /// Customers: each attempt is one write through an entry point, what `await writable` waits
    /// for.
    bool writes{};
};
using RegisterProbe = Register<ProbeKind>;

/// Something that probes write into and that belongs to us on the cluster: a schema, a set of
/// keys. Prepared before a run, read once the cluster is proved healthy, dropped afterwards.
/// Everything it does must work again after being cut off in the middle.
struct StoreKind {
    std::string_view name;  ///< "shop", "cache"
    std::string_view summary;
    /// Creates it (replacing what an earlier run left). Nothing of the owner's is touched.
    Status (*prepare)(ProbeContext const&, Options const& workload, std::stop_token){nullptr};
    /// Reads everything back into the record (FinalRows, FinalQuota) from the leader and, where
    /// they can be asked, from every replica. `leader` and `replicas` are node names.
    Status (*final_read)(ProbeContext const&, std::string const& leader,
                         std::vector<std::string> const& replicas, std::stop_token){nullptr};
    /// Removes it. Idempotent.
    Status (*drop)(ProbeContext const&, std::stop_token){nullptr};
};
using RegisterStore = Register<StoreKind>;

}  // namespace interregnum
