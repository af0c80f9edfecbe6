// SPDX-License-Identifier: MIT
#include "harness/probe.h"
#include "probes/session/names.h"
#include "probes/session/postgres.h"
#include "probes/session/streams.h"
#include "probes/shop/schema.h"

namespace interregnum {
namespace {

/// Looks what there is to buy, on the read-only pool.
class Reads final : public Customer {
public:
    Reads(ProbeContext const& context, Endpoint const& entry, record::Connection connection)
        : context_(context),
          kept_(connection == record::Connection::kept),
          session_(context.postgres, entry.host, entry.port) {}

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
        attempt.server = node_at(context_, answer.text(0, 1));
        if (!kept_ || attempt.outcome != record::Outcome::ok) session_.close();
    }

private:
    ProbeContext const& context_;
    bool kept_;
    PostgresConnection session_;
};

Result<std::vector<StreamPlan>> streams(Options const& options, ProbeContext const& context) {
    return plan_streams({.list = "read",
                         .service = record::Service::read,
                         .entries = context.read,
                         .rate_per_s = options.rate_per_s("rate"),
                         .modes = modes_of(options.text("connections")),
                         .deadline = options.duration("deadline")});
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
    .options = {rate_option("25/s"), connections_option("both"), deadline_option()},
    .stores = {"shop"},
    .streams = streams,
    .customer = customer,
}};

}  // namespace
}  // namespace interregnum
