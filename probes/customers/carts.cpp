// SPDX-License-Identifier: MIT
#include <charconv>
#include <string>

#include "harness/probe.h"
#include "probes/session/names.h"
#include "probes/session/redis.h"
#include "probes/session/streams.h"
#include "probes/shop/bugs.h"

namespace interregnum {
namespace {

using record::Outcome;

/// So many carts are locked apart from each other: attempt k takes lock k modulo this.
constexpr std::int64_t lock_count = 8;

/// As a number of milliseconds. A lock cannot run out while its holder may still write: twice the
/// time that an attempt may take.
std::string lifetime_ms(Duration deadline) {
    return std::to_string(2 * (deadline / std::chrono::milliseconds(1)) + 1);
}

/// Keeps a session, and fills a cart under a lock, all in Redis: SET of the session; SET NX PX of
/// the lock; INCR of the fencing token, one counter for all; the cart, which carries the token;
/// DEL of the lock. `Attempt::id` is the fencing token: of two attempts of which one had ended
/// before the other began, the later has the higher one, and none has another's, unless Redis
/// forgot what it had acknowledged.
///
/// A lock that somebody else holds is "lock_taken": who held it was cut off, and customers wait
/// until it runs out.
class Carts final : public Customer {
public:
    Carts(ProbeContext const& context, Endpoint const& entry, record::StreamDeclared const& stream,
          Options const& options)
        : context_(context),
          keys_(run_keys(context)),
          kept_(stream.connection == record::Connection::kept),
          wait_(options.duration("wait")),
          numbers_itself_(shop::has_bug(options, "own_numbers")),
          lock_ms_(lifetime_ms(stream.deadline)),
          session_(entry.host, entry.port, context.redis.user, context.redis.password) {}

    void act(record::Attempt& attempt, Instant deadline) override {
        attempt.token = token_of(attempt);
        Ending const dialled = session_.open() ? Ending{} : session_.connect(deadline);
        if (dialled.good())
            fill(attempt, deadline);
        else
            fill_attempt(attempt, dialled, judge_redis(dialled));
        attempt.finished = context_.offset(SteadyClock{}.now());
        if (attempt.outcome == Outcome::ok) {
            // The cart is filled. A lock that stays behind shows in who comes next.
            RedisReply ignored;
            static_cast<void>(session_.ask({"DEL", lock_of(attempt)}, deadline, ignored));
            // Asked only now, so that nobody waits for the lock meanwhile.
            attempt.replicas = session_.replicas_that_have_it(wait_, deadline);
        }
        if (!kept_ || attempt.outcome != Outcome::ok) session_.close();
    }

    void redial(Instant deadline) override { static_cast<void>(session_.connect(deadline)); }

private:
    [[nodiscard]] std::string lock_of(record::Attempt const& attempt) const {
        return keys_ + "l:" + std::to_string(attempt.number % lock_count);
    }

    void fill(record::Attempt& attempt, Instant deadline) {
        std::string const lock = lock_of(attempt);
        RedisReply answer;
        Ending ending = session_.ask(
            {"SET", keys_ + "s:" + attempt.token, attempt.token, "EX", std::string(keys_live_s)},
            deadline, answer);
        if (ending.good())
            ending =
                session_.ask({"SET", lock, attempt.token, "NX", "PX", lock_ms_}, deadline, answer);
        if (ending.good() && answer.kind == RedisReply::Kind::nothing) {
            ending.detail = "somebody else holds " + lock;
            return fill_attempt(attempt, ending, {Outcome::failed, "lock_taken"});
        }
        if (ending.good())
            ending = numbers_itself_ ? number_itself(deadline, answer)
                                     : session_.ask({"INCR", keys_ + "f"}, deadline, answer);
        // Up to here there is no cart, whatever was lost on the way.
        if (!ending.good())
            return fill_attempt(attempt, ending, {Outcome::failed, judge_redis(ending).error});
        attempt.id = answer.integer;
        ending = session_.ask({"SET", keys_ + "b:" + attempt.token, std::to_string(attempt.id),
                               "EX", std::string(keys_live_s)},
                              deadline, answer);
        fill_attempt(attempt, ending, judge_redis(ending));
    }

    /// The bug: reads the last number and writes the next, since it holds a lock; but so do the
    /// holders of all the other locks, and whoever thinks that it still does.
    Ending number_itself(Instant deadline, RedisReply& answer) {
        Ending ending = session_.ask({"GET", keys_ + "f"}, deadline, answer);
        std::int64_t last = 0;
        std::from_chars(answer.text.data(), answer.text.data() + answer.text.size(), last);
        if (ending.good())
            ending = session_.ask({"SET", keys_ + "f", std::to_string(last + 1)}, deadline, answer);
        answer.integer = last + 1;
        return ending;
    }

    ProbeContext const& context_;
    std::string keys_;
    bool kept_;
    Duration wait_;
    bool numbers_itself_;
    std::string lock_ms_;
    RedisConnection session_;
};

Result<std::vector<StreamPlan>> streams(Options const& options, ProbeContext const& context) {
    return plan_streams({.list = "cache",
                         .service = record::Service::cart,
                         .entries = context.cache,
                         .rate_per_s = options.rate_per_s("rate"),
                         .modes = modes_of(options.text("connections")),
                         .deadline = options.duration("deadline"),
                         .storm = storm_of(options)});
}

std::unique_ptr<Customer> customer(Options const& options, ProbeContext const& context,
                                   record::StreamDeclared const& stream, Endpoint const& entry,
                                   int /*index*/) {
    return std::make_unique<Carts>(context, entry, stream, options);
}

RegisterProbe const registered{{
    .name = "carts",
    .summary = "keeps sessions and fills carts in Redis, under locks with fencing tokens",
    .role = ProbeKind::Role::customer,
    .options = {rate_option("10/s"), connections_option("kept"), storm_option(), wait_option(),
                deadline_option(), shop::bug_option({"own_numbers"})},
    .stores = {"cache"},
    .streams = streams,
    .customer = customer,
    .by_default = false,
}};

}  // namespace
}  // namespace interregnum
