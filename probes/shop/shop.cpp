// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/probe.h"
#include "probes/session/admin.h"
#include "probes/shop/our_schema.h"
#include "probes/shop/read_back.h"
#include "probes/shop/schema.h"
#include "probes/shop/storage.h"

namespace interregnum {
namespace {

constexpr Duration replay_limit = std::chrono::seconds(60);
constexpr Duration look_again = std::chrono::milliseconds(200);
constexpr char const* in_recovery = "it leads to a server that is in recovery";

std::unexpected<Error> stopped() { return fail(Error::Kind::stopped, "stopped"); }

/// A session on a server that takes writes.
Result<AdminSession> open_if_writable(ProbeContext const& context, std::string const& host,
                                      std::uint16_t port) {
    Result<AdminSession> session = AdminSession::open(context.postgres, host, port);
    if (!session) return session;
    Result<SqlRows> const recovering = session->query("SELECT pg_is_in_recovery()");
    if (!recovering) return std::unexpected(recovering.error());
    if (recovering->flag(0, 0)) return fail(Error::Kind::refused, in_recovery);
    session->end_snapshot();
    return session;
}

/// The same, through the first entry point that leads to one.
Result<AdminSession> open_writable(ProbeContext const& context, std::stop_token const& stop) {
    Error last{.kind = Error::Kind::invalid,
               .message = "the inventory names no endpoint for writes (\"write\")"};
    for (Endpoint const& entry : context.write) {
        if (stop.stop_requested()) return stopped();
        Result<AdminSession> session = open_if_writable(context, entry.host, entry.port);
        if (session) return session;
        last = session.error();
        if (!last.message.contains(entry.host)) last.message.insert(0, entry.entry + ": ");
    }
    return std::unexpected(last);
}

/// Waits until every read entry point shows the new tables, so that the first reads do not fail.
/// New by the number that the leader gave one of them: where replay is held up, a replica still
/// shows the shop that an earlier run left, and with it orders that are in no final read.
Status await_replicas(ProbeContext const& context, std::string const& newest,
                      std::stop_token const& stop) {
    Instant const limit = context.clock->now() + replay_limit;
    for (Endpoint const& entry : context.read) {
        while (true) {
            Result<AdminSession> session =
                AdminSession::open(context.postgres, entry.host, entry.port);
            Result<SqlRows> seen = fail(Error::Kind::failed, "");
            if (session)
                seen = session->query(
                    "SELECT to_regclass('interregnum.availability')::oid::text = $1", {newest});
            if (seen && seen->flag(0, 0)) break;
            if (context.clock->now() >= limit)
                return fail(
                    Error::Kind::timeout,
                    fmt::format(
                        "{}: the shop's tables did not appear on the replicas "
                        "within {} s: {}",
                        entry.entry,
                        std::chrono::duration_cast<std::chrono::seconds>(replay_limit).count(),
                        session ? "replication does not get there" : session.error().message));
            if (!context.clock->sleep_for(look_again, stop)) return stopped();
        }
    }
    return {};
}

shop::ShopSize size_wanted(Options const& workload) {
    shop::ShopSize size;
    if (workload.has("quota")) size.tickets = workload.integer("quota");
    if (workload.has("performances")) size.performances = workload.integer("performances");
    if (workload.has("vouchers")) size.vouchers = workload.integer("vouchers");
    if (workload.has("max_usages")) size.max_usages = workload.integer("max_usages");
    return size;
}

Status prepare(ProbeContext const& context, Options const& workload, std::stop_token stop) {
    Result<AdminSession> session = open_writable(context, stop);
    if (!session) return std::unexpected(session.error());
    if (Result<bool> const ours = shop::has_schema(*session); !ours)
        return std::unexpected(ours.error());
    shop::ShopSize const size = size_wanted(workload);
    Status const made = session->run(shop::create_schema(size));
    if (!made) return std::unexpected(made.error());
    Result<SqlRows> const newest =
        session->query("SELECT 'interregnum.availability'::regclass::oid::text");
    session->end_snapshot();
    if (!newest) return std::unexpected(newest.error());
    shop::create_amcheck(*session);
    shop::note_before(context, stop);
    // For whoever watches the sales as they go on.
    if (context.sink != nullptr)
        context.sink->write(record::Fact{.name = "for_sale",
                                         .value = std::to_string(size.tickets * size.performances +
                                                                 size.vouchers * size.max_usages),
                                         .at = context.offset(context.clock->now())});
    return await_replicas(context, newest->text(0, 0), stop);
}

Status drop_in(AdminSession& session) {
    Result<bool> const ours = shop::has_schema(session);
    if (!ours) return std::unexpected(ours.error());
    if (!*ours) return {};
    return session.run(std::string(shop::drop_schema));
}

/// Where no entry point leads to the leader, every node that takes writes, directly: a load
/// balancer that stays ill (seen: one that kept all customers in its queue) is no reason to leave
/// our tables behind. Only where each of them answers: one that does not may be the leader.
Status drop(ProbeContext const& context, std::stop_token stop) {
    Result<AdminSession> session = open_writable(context, stop);
    if (session) return drop_in(*session);
    Status const indirect = std::unexpected(session.error());
    bool dropped = false;
    for (ProbeNode const& node : context.nodes) {
        if (node.group != "db") continue;
        if (stop.stop_requested()) return stopped();
        session = open_if_writable(context, node.address, node.postgres_port);
        if (!session && session.error().message != in_recovery) return indirect;
        if (!session) continue;
        if (Status const done = drop_in(*session); !done) return fail_in(node.name, done.error());
        dropped = true;
    }
    return dropped ? Status{} : indirect;
}

RegisterStore const registered{{
    .name = "shop",
    .summary = "schema \"interregnum\" in PostgreSQL: quotas, seats, vouchers, carts, orders",
    .prepare = prepare,
    .final_read = shop::read_back,
    .drop = drop,
}};

}  // namespace
}  // namespace interregnum
