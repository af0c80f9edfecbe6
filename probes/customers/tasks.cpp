// SPDX-License-Identifier: MIT
#include <algorithm>
#include <iterator>
#include <optional>
#include <string>

#include "harness/probe.h"
#include "probes/session/names.h"
#include "probes/session/redis.h"
#include "probes/session/streams.h"
#include "probes/shop/bugs.h"

namespace interregnum {
namespace {

using record::Outcome;

/// How long BRPOP waits for a task. Whole seconds, as Redis before 6 wants them.
constexpr std::string_view pop_seconds = "1";
/// A worker's attempt is one BRPOP: an answer that is this late does not come.
constexpr Duration worker_deadline = std::chrono::seconds(2);
constexpr std::string_view results_live_s = "3600";
/// Entries of workers' streams begin so: they have no token, but serve the others' attempts.
constexpr std::string_view worker_entry = "worker ";

/// Keys of a run: "q" the queue, "t" how often each task was done, "r:TOKEN" its result.
struct Keys {
    explicit Keys(ProbeContext const& context) : prefix(run_keys(context)) {}
    [[nodiscard]] std::string queue() const { return prefix + "q"; }
    [[nodiscard]] std::string done() const { return prefix + "t"; }
    [[nodiscard]] std::string result(std::string const& token) const {
        return prefix + "r:" + token;
    }
    std::string prefix;
};

/// Puts a task on the queue, as a shop does at checkout, and waits until a worker has done it.
/// A task that is on the queue and was not seen done in time is `unknown` ("task_not_done").
class Checkout final : public Customer {
public:
    Checkout(ProbeContext const& context, Endpoint const& entry, record::Connection connection)
        : keys_(context),
          kept_(connection == record::Connection::kept),
          session_(entry.host, entry.port, context.redis.user, context.redis.password) {}

    void act(record::Attempt& attempt, Instant deadline) override {
        attempt.token = token_of(attempt);
        RedisReply answer;
        Ending ending = session_.open() ? Ending{} : session_.connect(deadline);
        if (ending.good())
            ending = session_.ask({"LPUSH", keys_.queue(), attempt.token}, deadline, answer);
        if (ending.good())
            await_result(attempt, deadline);
        else
            fill_attempt(attempt, ending, judge_redis(ending));
        if (!kept_ || attempt.outcome != Outcome::ok) session_.close();
    }

    void redial(Instant deadline) override { static_cast<void>(session_.connect(deadline)); }

private:
    void await_result(record::Attempt& attempt, Instant deadline) {
        // Longer than any deadline; ours ends the wait, and closing ends Redis' side of it.
        constexpr std::string_view longest_s = "60";
        RedisReply answer;
        Ending ending = session_.ask({"BLPOP", keys_.result(attempt.token), std::string(longest_s)},
                                     deadline, answer);
        if (ending.good() && !answer.list.empty()) return fill_attempt(attempt, ending, {});
        OutcomeClass judgement = judge_redis(ending);
        // Whatever this says: the task was put on the queue, and may be done.
        judgement.outcome = Outcome::unknown;
        if (ending.good() || ending.cause == EndCause::deadline) {
            judgement.error = "task_not_done";
            ending.detail = "the task is on the queue, and no worker was seen to do it in time";
        }
        fill_attempt(attempt, ending, judgement);
    }

    Keys keys_;
    bool kept_;
    RedisConnection session_;
};

/// Takes tasks off the queue and does them: one BRPOP an attempt, one after the other, on a
/// connection that is kept. A worker must not hang when that connection dies: it has a limit for
/// each answer, and then dials anew ("timeout").
///
/// One without a socket timeout, as Celery's is by default, waits on: on a connection that was
/// black-holed it waits until TCP says so, which may be never. Its attempts then end at their
/// deadline as "worker_hung", and the next one goes on waiting for the same answer.
class Worker final : public Customer {
public:
    Worker(ProbeContext const& context, Endpoint const& entry, Options const& options)
        : keys_(context),
          socket_timeout_(options.flag("socket_timeout")),
          answers_early_(shop::has_bug(options, "early_answer")),
          session_(entry.host, entry.port, context.redis.user, context.redis.password) {}

    void act(record::Attempt& attempt, Instant deadline) override {
        RedisReply answer;
        Ending ending = session_.open() ? Ending{} : session_.connect(deadline);
        if (ending.good() && !asked_since_) {
            ending = session_.send({"BRPOP", keys_.queue(), std::string(pop_seconds)}, deadline);
            asked_since_ = SteadyClock{}.now();
        }
        if (ending.good()) ending = session_.next(deadline, answer);
        if (ending.cause == EndCause::deadline && session_.open() && !socket_timeout_)
            return report_hang(attempt, ending);
        asked_since_.reset();
        // The list's name and the task.
        if (ending.good() && answer.list.size() == 2) {
            attempt.id = 1;
            ending = answers_early_ ? put_off(answer.list[1].text, deadline)
                                    : do_task(answer.list[1].text, deadline);
        }
        // Redis answers READONLY and the like on a connection that leads to the wrong server.
        fill_attempt(attempt, ending, judge_redis(ending));
        if (attempt.outcome == Outcome::ok) return;
        session_.close();
        put_off_.clear();  // as a worker that crashed and was started again
    }

    void redial(Instant deadline) override {
        asked_since_.reset();
        static_cast<void>(session_.connect(deadline));
    }

private:
    /// Counts it, so that one that is done twice shows, and tells who waits for it.
    Ending do_task(std::string const& token, Instant deadline) {
        Ending const ending = count(token, deadline);
        return ending.good() ? answer(token, deadline) : ending;
    }

    /// The bug: who waits is told at once, and the work is done when there is enough of it.
    Ending put_off(std::string const& token, Instant deadline) {
        constexpr std::size_t enough = 5;
        Ending ending = answer(token, deadline);
        put_off_.push_back(token);
        for (; put_off_.size() >= enough && ending.good(); put_off_.clear())
            for (std::string const& each : put_off_)
                if (ending.good()) ending = count(each, deadline);
        return ending;
    }

    Ending count(std::string const& token, Instant deadline) {
        RedisReply ignored;
        return session_.ask({"HINCRBY", keys_.done(), token, "1"}, deadline, ignored);
    }

    Ending answer(std::string const& token, Instant deadline) {
        RedisReply ignored;
        Ending ending = session_.ask({"LPUSH", keys_.result(token), "1"}, deadline, ignored);
        if (!ending.good()) return ending;
        return session_.ask({"EXPIRE", keys_.result(token), std::string(results_live_s)}, deadline,
                            ignored);
    }

    void report_hang(record::Attempt& attempt, Ending ending) const {
        auto const waited =
            std::chrono::duration_cast<std::chrono::seconds>(SteadyClock{}.now() - *asked_since_);
        ending.detail = "BRPOP waits up to " + std::string(pop_seconds) + " s; no answer for " +
                        std::to_string(waited.count()) +
                        " s on a connection without a socket timeout";
        fill_attempt(attempt, ending, {Outcome::failed, "worker_hung"});
    }

    Keys keys_;
    bool socket_timeout_;
    bool answers_early_;
    std::vector<std::string> put_off_;  ///< answered and not done: the bug's
    RedisConnection session_;
    std::optional<Instant> asked_since_;  ///< when the BRPOP left that has no answer yet
};

Result<std::vector<StreamPlan>> streams(Options const& options, ProbeContext const& context) {
    auto plans = plan_streams({.list = "cache",
                               .service = record::Service::task,
                               .entries = context.cache,
                               .rate_per_s = options.rate_per_s("rate"),
                               .modes = modes_of(options.text("connections")),
                               .deadline = options.duration("deadline"),
                               .storm = storm_of(options)});
    if (!plans) return plans;
    std::int64_t const each = options.integer("workers");
    auto workers = plan_closed_loops({.list = "cache",
                                      .service = record::Service::task,
                                      .entries = context.cache,
                                      .deadline = worker_deadline},
                                     each * static_cast<std::int64_t>(context.cache.size()));
    if (!workers) return workers;
    for (StreamPlan& plan : *workers) plan.entry.entry.insert(0, worker_entry);
    std::ranges::move(*workers, std::back_inserter(*plans));
    return plans;
}

std::unique_ptr<Customer> customer(Options const& options, ProbeContext const& context,
                                   record::StreamDeclared const& stream, Endpoint const& entry,
                                   int /*index*/) {
    if (entry.entry.starts_with(worker_entry))
        return std::make_unique<Worker>(context, entry, options);
    return std::make_unique<Checkout>(context, entry, stream.connection);
}

RegisterProbe const registered{{
    .name = "tasks",
    .summary = "puts tasks on a queue in Redis, has workers do them, and waits for that",
    .role = ProbeKind::Role::customer,
    .options = {rate_option("5/s"),
                {.name = "workers",
                 .type = OptionType::integer,
                 .fallback = "2",
                 .doc = "workers at each entry point",
                 .at_least = 1,
                 .at_most = 50},
                {.name = "socket_timeout",
                 .type = OptionType::flag,
                 .fallback = "true",
                 .doc = "false: workers wait for ever, as Celery's do unless told otherwise; one "
                        "that hangs is reported"},
                connections_option("kept"),
                storm_option(),
                deadline_option(),
                shop::bug_option({"early_answer"})},
    .stores = {"cache"},
    .streams = streams,
    .customer = customer,
    .by_default = false,
}};

}  // namespace
}  // namespace interregnum
