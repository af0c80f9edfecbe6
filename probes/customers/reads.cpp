// SPDX-License-Identifier: MIT
#include "harness/probe.h"
#include "probes/session/names.h"
#include "probes/session/postgres.h"
#include "probes/session/streams.h"
#include "probes/shop/purchase.h"

namespace interregnum {
namespace {

/// Looks what there is to buy, on the read-only pool, and notes the newest order that is visible
/// there: how stale a read was is told from it and from what customers had been acknowledged.
class Reads final : public Customer {
public:
    Reads(ProbeContext const& context, Endpoint const& entry, record::Connection connection)
        : context_(context),
          kept_(connection == record::Connection::kept),
          session_(context.postgres, entry) {}

    void act(record::Attempt& attempt, Instant deadline) override {
        SqlRows answer;
        Ending ending = session_.open() ? Ending{} : session_.connect(deadline);
        if (ending.good()) ending = session_.ask(shop::browse, {}, deadline, answer);
        OutcomeClass judgement = judge_sql(ending, StatementKind::read);
        if (judgement.outcome == record::Outcome::ok && answer.rows.empty()) {
            judgement = {record::Outcome::failed, "server_error"};
            ending.detail = "the shop's quota is not there";
        }
        fill_attempt(attempt, ending, judgement);
        attempt.server = server_at(context_, answer.text(0, 1));
        if (attempt.outcome == record::Outcome::ok) attempt.seen = answer.number(0, 2);
        if (!kept_ || attempt.outcome != record::Outcome::ok) session_.close();
    }

    void redial(Instant deadline) override { static_cast<void>(session_.connect(deadline)); }

private:
    ProbeContext const& context_;
    bool kept_;
    PostgresConnection session_;
};

Result<std::vector<StreamPlan>> streams(Options const& options, ProbeContext const& context) {
    return plan_streams({.list = "read",
                         .service = record::Service::read,
                         .entries = entries_through(options.text("through"), &EntryPoints::read,
                                                    context, "standby"),
                         .rate_per_s = options.rate_per_s("rate"),
                         .modes = modes_of(options.text("connections")),
                         .deadline = options.duration("deadline"),
                         .storm = storm_of(options)});
}

std::unique_ptr<Customer> customer(Options const& /*options*/, ProbeContext const& context,
                                   record::StreamDeclared const& stream, Endpoint const& entry,
                                   int /*index*/) {
    return std::make_unique<Reads>(context, entry, stream.connection);
}

RegisterProbe const registered{{
    .name = "reads",
    .summary = "asks what there is to buy through every read endpoint",
    .role = ProbeKind::Role::customer,
    .options = {rate_option("25/s"), connections_option("both"), through_option(), storm_option(),
                deadline_option()},
    .stores = {"shop"},
    .streams = streams,
    .customer = customer,
}};

}  // namespace
}  // namespace interregnum
