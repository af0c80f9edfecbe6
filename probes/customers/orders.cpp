// SPDX-License-Identifier: MIT
#include "harness/probe.h"
#include "probes/session/names.h"
#include "probes/session/postgres.h"
#include "probes/session/streams.h"
#include "probes/shop/schema.h"

namespace interregnum {
namespace {

/// Places an order of two positions, with its payment, in one round trip. A kept connection is
/// dropped after anything but success and dialled anew at the next attempt, as a pool with a
/// socket timeout does.
class Orders final : public Customer {
public:
    Orders(ProbeContext const& context, Endpoint const& entry, record::Connection connection)
        : context_(context),
          kept_(connection == record::Connection::kept),
          session_(context.postgres, entry.host, entry.port) {}

    void act(record::Attempt& attempt, Instant deadline) override {
        attempt.token = token_of(attempt);
        SqlRows answer;
        Ending ending = session_.open() ? Ending{} : session_.connect(deadline);
        if (ending.good())
            ending = session_.ask(shop::place_order,
                                  {attempt.token, "orders", std::string(shop::free_item), "2"},
                                  deadline, answer);
        OutcomeClass judgement = judge_sql(ending, StatementKind::autocommit);
        if (judgement.outcome == record::Outcome::ok && answer.rows.empty()) {
            judgement = {record::Outcome::failed, "server_error"};
            ending.detail = "the shop's items are gone: no order was made";
        }
        fill_attempt(attempt, ending, judgement);
        attempt.id = answer.number(0, 0);
        attempt.server = node_at(context_, answer.text(0, 1));
        if (!kept_ || attempt.outcome != record::Outcome::ok) session_.close();
    }

private:
    ProbeContext const& context_;
    bool kept_;
    PostgresConnection session_;
};

Result<std::vector<StreamPlan>> streams(Options const& options, ProbeContext const& context) {
    return plan_streams(
        {.list = "write",
         .service = record::Service::write,
         .entries = context.write,
         .rate_per_s = options.rate_per_s("rate") * static_cast<double>(context.write.size()),
         .modes = modes_of(options.text("connections")),
         .deadline = options.duration("deadline")});
}

std::unique_ptr<Customer> customer(Options const& /*options*/, ProbeContext const& context,
                                   record::StreamDeclared const& stream, Endpoint const& entry,
                                   int /*index*/) {
    return std::make_unique<Orders>(context, entry, stream.connection);
}

RegisterProbe const registered{{
    .name = "orders",
    .summary = "places synthetic orders through every write endpoint",
    .role = ProbeKind::Role::customer,
    // For each entry point, unlike the others' rates: the error bars of a path are two periods of
    // its own grid, and must not grow with the number of paths.
    .options = {{.name = "rate",
                 .type = OptionType::rate,
                 .fallback = "50/s",
                 .doc = "orders a second through each entry point, in each connection mode"},
                connections_option("both"),
                deadline_option()},
    .stores = {"shop"},
    .streams = streams,
    .customer = customer,
}};

}  // namespace
}  // namespace interregnum
