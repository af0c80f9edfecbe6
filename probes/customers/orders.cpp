// SPDX-License-Identifier: MIT
#include <algorithm>
#include <iterator>

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
    double const entries = static_cast<double>(context.write.size());
    std::vector<StreamPlan> all;
    for (record::Connection const mode : modes_of(options.text("connections"))) {
        bool const kept = mode == record::Connection::kept;
        auto plans = plan_streams({.list = "write",
                                   .service = record::Service::write,
                                   .entries = context.write,
                                   .rate_per_s = kept ? options.rate_per_s("rate") * entries
                                                      : options.rate_per_s("fresh_rate"),
                                   .modes = {mode},
                                   .deadline = options.duration("deadline")});
        if (!plans) return plans;
        std::ranges::move(*plans, std::back_inserter(all));
    }
    return all;
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
                connections_option("both"),
                deadline_option()},
    .stores = {"shop"},
    .streams = streams,
    .customer = customer,
}};

}  // namespace
}  // namespace interregnum
