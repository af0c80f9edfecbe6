// SPDX-License-Identifier: MIT
#include <string>

#include "harness/probe.h"
#include "probes/session/names.h"
#include "probes/session/redis.h"
#include "probes/session/streams.h"

namespace interregnum {
namespace {

/// Sets keys that are new each time and live longer than a drill, and are gone by themselves when
/// nobody drops them.
class Cache final : public Customer {
public:
    Cache(ProbeContext const& context, Endpoint const& entry, record::Connection connection,
          Duration wait)
        : context_(context),
          prefix_(run_keys(context) + "c:"),
          kept_(connection == record::Connection::kept),
          wait_(wait),
          session_(entry.host, entry.port, context.redis.user, context.redis.password) {}

    void act(record::Attempt& attempt, Instant deadline) override {
        attempt.token = token_of(attempt);
        RedisReply answer;
        Ending ending = session_.open() ? Ending{} : session_.connect(deadline);
        if (ending.good())
            ending =
                session_.ask({"SET", prefix_ + attempt.token, "1", "EX", std::string(keys_live_s)},
                             deadline, answer);
        fill_attempt(attempt, ending, judge_redis(ending));
        attempt.finished = context_.offset(SteadyClock{}.now());
        if (attempt.outcome == record::Outcome::ok)
            attempt.replicas = session_.replicas_that_have_it(wait_, deadline);
        if (!kept_ || attempt.outcome != record::Outcome::ok) session_.close();
    }

    void redial(Instant deadline) override { static_cast<void>(session_.connect(deadline)); }

private:
    ProbeContext const& context_;
    std::string prefix_;
    bool kept_;
    Duration wait_;
    RedisConnection session_;
};

Result<std::vector<StreamPlan>> streams(Options const& options, ProbeContext const& context) {
    return plan_streams({.list = "cache",
                         .service = record::Service::cache,
                         .entries = context.cache,
                         .rate_per_s = options.rate_per_s("rate"),
                         .modes = modes_of(options.text("connections")),
                         .deadline = options.duration("deadline"),
                         .storm = storm_of(options)});
}

std::unique_ptr<Customer> customer(Options const& options, ProbeContext const& context,
                                   record::StreamDeclared const& stream, Endpoint const& entry,
                                   int /*index*/) {
    return std::make_unique<Cache>(context, entry, stream.connection, options.duration("wait"));
}

RegisterProbe const registered{{
    .name = "cache",
    .summary = "sets keys on the Redis master through every cache endpoint",
    .role = ProbeKind::Role::customer,
    .options = {rate_option("50/s"), connections_option("both"), storm_option(), wait_option(),
                deadline_option()},
    .stores = {"cache"},
    .streams = streams,
    .customer = customer,
}};

}  // namespace
}  // namespace interregnum
