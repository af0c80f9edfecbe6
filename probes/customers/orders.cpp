// SPDX-License-Identifier: MIT
#include <algorithm>
#include <iterator>

#include "harness/probe.h"
#include "probes/session/names.h"
#include "probes/session/postgres.h"
#include "probes/session/streams.h"
#include "probes/shop/bugs.h"
#include "probes/shop/placing.h"
#include "probes/shop/schema.h"

namespace interregnum {
namespace {

/// Places an order of two positions, with its payment, in one round trip. A kept connection is
/// dropped after anything but success and dialled anew at the next attempt, as a pool with a
/// socket timeout does.
class Orders final : public Customer {
public:
    Orders(ProbeContext const& context, record::StreamDeclared const& stream, Endpoint const& entry,
           int index, Options const& options)
        : context_(context),
          kept_(stream.connection == record::Connection::kept),
          retries_(shop::has_bug(options, "retry")),
          believes_warnings_(shop::has_bug(options, "warning_is_success")),
          statement_(options.flag("prepared") && kept_ ? shop::Statement::prepared
                                                       : shop::Statement::unprepared),
          session_(context.postgres, entry),
          codes_(context.seed, client_number(stream, index)) {}

    void act(record::Attempt& attempt, Instant deadline) override {
        attempt.token = token_of(attempt);
        SqlRows answer;
        Ending ending;
        if (retries_) {
            // The bug: what was not answered in half the time is ordered again, and nothing tells
            // the shop that it is the same order.
            SteadyClock const clock;
            ending = order(attempt, clock.now() + (deadline - clock.now()) / 2, answer);
            if (judge_sql(ending, StatementKind::autocommit).outcome == record::Outcome::unknown) {
                session_.close();
                ending = order(attempt, deadline, answer);
            }
        } else {
            ending = order(attempt, deadline, answer);
        }
        // The bug: a warning is no error.
        if (believes_warnings_ && ending.cause == EndCause::none)
            ending.sync_wait_cancelled = false;
        OutcomeClass judgement = judge_sql(ending, StatementKind::autocommit);
        if (judgement.outcome == record::Outcome::ok && answer.rows.empty()) {
            judgement = {record::Outcome::failed, "server_error"};
            ending.detail = "no order was made: the shop's items are gone, or every code is taken";
        }
        fill_attempt(attempt, ending, judgement);
        attempt.id = answer.number(0, 0);
        attempt.server = server_at(context_, answer.text(0, 1));
        if (!kept_ || attempt.outcome != record::Outcome::ok) session_.close();
    }

    void redial(Instant deadline) override { static_cast<void>(session_.connect(deadline)); }

private:
    Ending order(record::Attempt const& attempt, Instant deadline, SqlRows& answer) {
        Ending dialled = session_.open() ? Ending{} : session_.connect(deadline);
        if (!dialled.good()) return dialled;
        return shop::place(
            session_, codes_,
            {.token = attempt.token, .channel = "orders", .item = shop::free_item, .positions = 2},
            statement_, deadline, answer);
    }

    ProbeContext const& context_;
    bool kept_;
    bool retries_;
    bool believes_warnings_;
    shop::Statement statement_;
    PostgresConnection session_;
    shop::CodeBook codes_;
};

Result<std::vector<StreamPlan>> streams(Options const& options, ProbeContext const& context) {
    StreamsWanted wanted{.list = "write",
                         .service = record::Service::write,
                         .entries = entries_through(options.text("through"), &EntryPoints::write,
                                                    context, "read-write"),
                         .rate_per_s = 0,
                         .modes = {},
                         .deadline = options.duration("deadline"),
                         .storm = storm_of(options)};
    if (options.flag("unlimited")) return plan_closed_loops(wanted, options.integer("clients"));
    auto const entries = static_cast<double>(wanted.entries.size());
    std::vector<StreamPlan> all;
    for (record::Connection const mode : modes_of(options.text("connections"))) {
        bool const kept = mode == record::Connection::kept;
        wanted.modes = {mode};
        wanted.rate_per_s =
            kept ? options.rate_per_s("rate") * entries : options.rate_per_s("fresh_rate");
        auto plans = plan_streams(wanted);
        if (!plans) return plans;
        std::ranges::move(*plans, std::back_inserter(all));
    }
    return all;
}

std::unique_ptr<Customer> customer(Options const& options, ProbeContext const& context,
                                   record::StreamDeclared const& stream, Endpoint const& entry,
                                   int index) {
    return std::make_unique<Orders>(context, stream, entry, index, options);
}

RegisterProbe const registered{{
    .name = "orders",
    .summary = "places synthetic orders through every write endpoint",
    .role = ProbeKind::Role::customer,
    // On kept connections for each entry point, since the error bars of a path are two periods of
    // its own grid. A new connection costs the server a process and a login, some ten times an
    // order: they are counted in total, or the drill would measure the load it makes.
    .options = {{.name = "rate",
                 .type = OptionType::rate,
                 .fallback = "50/s",
                 .doc = "orders a second on kept connections, through each entry point"},
                {.name = "fresh_rate",
                 .type = OptionType::rate,
                 .fallback = "50/s",
                 .doc = "orders a second on new connections, all entry points together"},
                unlimited_option(),
                clients_option(),
                {.name = "prepared",
                 .type = OptionType::flag,
                 .fallback = "false",
                 .doc = "kept connections prepare the statement once; not through a transaction "
                        "pooler such as PgBouncer"},
                connections_option("both"),
                through_option(),
                storm_option(),
                deadline_option(),
                shop::bug_option({"retry", "warning_is_success"})},
    .stores = {"shop"},
    .streams = streams,
    .customer = customer,
    .writes = true,
}};

}  // namespace
}  // namespace interregnum
