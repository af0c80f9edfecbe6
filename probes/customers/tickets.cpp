// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <optional>

#include "harness/probe.h"
#include "probes/session/names.h"
#include "probes/session/postgres.h"
#include "probes/session/redis.h"
#include "probes/session/streams.h"
#include "probes/shop/bugs.h"
#include "probes/shop/locks.h"
#include "probes/shop/placing.h"
#include "probes/shop/purchase.h"
#include "probes/shop/schema.h"

namespace interregnum {
namespace {

using record::Outcome;

/// Buys one ticket as a customer of a web shop does, within one deadline: session and cart in
/// Redis; a look at the seats; then, in one transaction of PostgreSQL, the locks of quota and seat,
/// the count of what is free, and a place in the cart that expires; in a second one, under the same
/// locks, the cart becomes an order with position, payment and transaction row; then the
/// confirmation is read back.
///
/// Outcomes beside those of a single statement: "sold_out" is `failed` and an answer all the
/// same, so measures do not count it as missing. Trouble with Redis ("cache_...") is `failed`,
/// and so is all trouble up to the cart, for nothing had been bought yet. A COMMIT that succeeded
/// whose order could not be read back is `unknown` ("unconfirmed"): the customer never saw the
/// confirmation.
class Tickets final : public Customer {
public:
    Tickets(ProbeContext const& context, record::StreamDeclared const& stream, Endpoint const& shop,
            Endpoint const& cache, int index, Options const& options)
        : context_(context),
          keys_(run_keys(context)),
          kept_(stream.connection == record::Connection::kept),
          seats_(std::max<std::int64_t>(1, options.integer("quota"))),
          performances_(options.integer("performances")),
          locks_nothing_(shop::has_bug(options, "no_lock")),
          shop_(context.postgres, shop),
          cache_(cache.host, cache.port, context.redis.user, context.redis.password),
          codes_(context.seed, client_number(stream, index)) {
        if (!shop::has_bug(options, "replica_reads")) return;
        auto const replicas =
            std::ranges::find(context.read, host_of_entry(shop.entry),
                              [](Endpoint const& read) { return host_of_entry(read.entry); });
        if (replicas != context.read.end()) replica_.emplace(context.postgres, *replicas);
    }

    void act(record::Attempt& attempt, Instant deadline) override {
        attempt.token = token_of(attempt);
        // Of each entry point twice as many as there are seats want one performance.
        performance_ = 1 + attempt.number / (2 * seats_) % performances_;
        item_ = std::to_string(shop::ticket_item(performance_));
        if (fill_cart(attempt, deadline) && reserve(attempt, deadline) && buy(attempt, deadline))
            confirm(attempt, deadline);
        // Whoever has the confirmation waits for nothing more.
        attempt.finished = context_.offset(SteadyClock{}.now());
        if (attempt.outcome == Outcome::ok) empty_cart(attempt, deadline);
        bool const answered = attempt.outcome == Outcome::ok || attempt.error == "sold_out";
        if (kept_ && answered) return;
        shop_.close();
        cache_.close();
        if (replica_) replica_->close();
    }

    void redial(Instant deadline) override {
        static_cast<void>(shop_.connect(deadline));
        static_cast<void>(cache_.connect(deadline));
    }

private:
    [[nodiscard]] std::string session_key(record::Attempt const& attempt) const {
        return keys_ + "s:" + attempt.token;
    }
    [[nodiscard]] std::string cart_key(record::Attempt const& attempt) const {
        return keys_ + "k:" + attempt.token;
    }
    /// Of the quota and the seat that this attempt is about.
    [[nodiscard]] std::string locks() const {
        // The bug: none.
        if (locks_nothing_) return "{}";
        return shop::lock_list(
            {shop::lock_key(shop::LockClass::quota, shop::ticket_quota(performance_)),
             shop::lock_key(shop::LockClass::seat, seat_)});
    }

    /// Any of the performance's seats.
    [[nodiscard]] std::string a_seat() {
        return std::to_string((performance_ - 1) * seats_ + codes_.pick(seats_));
    }

    /// Each step returns whether to go on; when not, the attempt is filled in.
    bool fill_cart(record::Attempt& attempt, Instant deadline) {
        std::array<std::vector<std::string>, 3> const commands{{
            {"SET", session_key(attempt), attempt.token, "EX", "3600"},
            {"SADD", cart_key(attempt), item_},
            {"EXPIRE", cart_key(attempt), "3600"},
        }};
        RedisReply ignored;
        Ending ending = cache_.open() ? Ending{} : cache_.connect(deadline);
        for (auto const& command : commands)
            if (ending.good()) ending = cache_.ask(command, deadline, ignored);
        if (ending.good()) return true;
        fill_attempt(attempt, ending, {Outcome::failed, judge_redis(ending).error});
        attempt.error.insert(0, "cache_");
        return false;
    }

    /// Holds a seat. Somebody who was quicker at one makes the customer look for another.
    bool reserve(record::Attempt& attempt, Instant deadline) {
        constexpr int looks = 3;
        SqlRows answer;
        Ending ending = shop_.open() ? Ending{} : shop_.connect(deadline);
        // The bug: what is free is looked up where it may be old.
        if (replica_ && !replica_->open() && ending.good()) ending = replica_->connect(deadline);
        PostgresConnection& looked_up = replica_ ? *replica_ : shop_;
        for (int look = 0; look < looks; ++look) {
            if (ending.good())
                ending = looked_up.ask(shop::find_seat, {a_seat(), std::to_string(performance_)},
                                       deadline, answer);
            if (ending.good() && answer.rows.empty()) return sold_out(attempt, deadline);
            seat_ = answer.number(0, 0);
            if (ending.good()) ending = shop_.ask_many(shop::begin_purchase, deadline, answer);
            if (ending.good()) ending = shop_.ask(shop::take_locks, {locks()}, deadline, answer);
            if (ending.good())
                ending = looked_up.ask(
                    shop::free_in_quota,
                    {std::to_string(seat_), std::to_string(shop::ticket_quota(performance_))},
                    deadline, answer);
            if (!ending.good()) return nothing_bought(attempt, ending);
            if (answer.rows.empty()) return shop_is_broken(attempt);
            if (answer.number(0, 0) <= 0) return sold_out(attempt, deadline);
            if (answer.flag(0, 1)) return hold(attempt, deadline);
            ending = shop_.ask_many("ROLLBACK", deadline, answer);
        }
        if (!ending.good()) return nothing_bought(attempt, ending);
        ending.detail = "somebody else was quicker at each seat";
        fill_attempt(attempt, ending, {Outcome::failed, "seat_taken"});
        return false;
    }

    bool hold(record::Attempt& attempt, Instant deadline) {
        SqlRows answer;
        Ending ending = shop_.ask(shop::fill_cart, {attempt.token, item_, std::to_string(seat_)},
                                  deadline, answer);
        if (ending.good()) ending = shop_.ask_many("COMMIT", deadline, answer);
        if (ending.good()) return true;
        return nothing_bought(attempt, ending);
    }

    bool buy(record::Attempt& attempt, Instant deadline) {
        SqlRows answer;
        Ending ending = shop_.ask_many(shop::begin_purchase, deadline, answer);
        if (ending.good()) ending = shop_.ask(shop::take_locks, {locks()}, deadline, answer);
        if (ending.good()) ending = shop_.ask(shop::empty_cart, {attempt.token}, deadline, answer);
        if (!ending.good()) return give_up(attempt, ending, StatementKind::in_transaction);
        if (answer.rows.empty()) {
            ending.detail = "the cart is not there any more";
            fill_attempt(attempt, ending, {Outcome::failed, "cart_lost"});
            return false;
        }
        ending = shop::place(shop_, codes_,
                             {.token = attempt.token,
                              .channel = "tickets",
                              .item = item_,
                              .positions = 1,
                              .seat = std::to_string(seat_)},
                             shop::Statement::unprepared, deadline, answer);
        if (!ending.good()) return give_up(attempt, ending, StatementKind::in_transaction);
        if (answer.rows.empty()) return shop_is_broken(attempt);
        attempt.id = answer.number(0, 0);
        attempt.server = server_at(context_, answer.text(0, 1));
        ending = shop_.ask_many("COMMIT", deadline, answer);
        if (!ending.good()) return give_up(attempt, ending, StatementKind::commit);
        if (answer.tag == "COMMIT") return true;
        ending.detail = "COMMIT was answered with " + answer.tag;
        fill_attempt(attempt, ending, {Outcome::failed, "server_error"});
        return false;
    }

    void confirm(record::Attempt& attempt, Instant deadline) {
        SqlRows answer;
        Ending ending =
            shop_.ask(shop::confirm_order, {"tickets", attempt.token}, deadline, answer);
        bool const seen = ending.good() && answer.number(0, 0) == 1;
        if (ending.good() && !seen)
            ending.detail = "after COMMIT the order was found " + answer.text(0, 0) + " times";
        fill_attempt(attempt, ending,
                     seen ? OutcomeClass{} : OutcomeClass{Outcome::unknown, "unconfirmed"});
    }

    /// The ticket is bought; a cart that stays behind expires.
    void empty_cart(record::Attempt const& attempt, Instant deadline) {
        RedisReply ignored;
        static_cast<void>(cache_.ask({"DEL", cart_key(attempt)}, deadline, ignored));
    }

    static bool give_up(record::Attempt& attempt, Ending const& ending, StatementKind kind) {
        fill_attempt(attempt, ending, judge_sql(ending, kind));
        return false;
    }

    /// Whatever became of a place in the cart, no ticket was bought.
    static bool nothing_bought(record::Attempt& attempt, Ending const& ending) {
        OutcomeClass const judged = judge_sql(ending, StatementKind::in_transaction);
        fill_attempt(attempt, ending, {Outcome::failed, judged.error});
        return false;
    }

    static bool shop_is_broken(record::Attempt& attempt) {
        Ending const ending{.detail = "the shop's quota or items are not there"};
        fill_attempt(attempt, ending, {Outcome::failed, "server_error"});
        return false;
    }

    bool sold_out(record::Attempt& attempt, Instant deadline) {
        SqlRows ignored;
        Ending const ending{.detail = "no ticket is left in the quota"};
        if (shop_.in_transaction())
            static_cast<void>(shop_.ask_many("ROLLBACK", deadline, ignored));
        fill_attempt(attempt, ending, {Outcome::failed, "sold_out"});
        return false;
    }

    ProbeContext const& context_;
    std::string keys_;
    bool kept_;
    std::int64_t seats_;  ///< of one performance
    std::int64_t performances_;
    bool locks_nothing_;
    // What this attempt is about.
    std::int64_t performance_{1};
    std::string item_;
    std::int64_t seat_{};
    PostgresConnection shop_;
    RedisConnection cache_;
    shop::CodeBook codes_;
    std::optional<PostgresConnection> replica_;
};

Result<std::vector<StreamPlan>> streams(Options const& options, ProbeContext const& context) {
    if (context.cache.empty())
        return fail(Error::Kind::invalid, "the inventory names no endpoint in \"cache\"");
    StreamsWanted const wanted{
        .list = "write",
        .service = record::Service::ticket,
        .entries =
            entries_through(options.text("through"), &EntryPoints::write, context, "read-write"),
        .rate_per_s = options.rate_per_s("rate"),
        .modes = modes_of(options.text("connections")),
        .deadline = options.duration("deadline"),
        .storm = storm_of(options)};
    if (options.flag("unlimited")) return plan_closed_loops(wanted, options.integer("clients"));
    return plan_streams(wanted);
}

/// The cache on the same application node, where there is one: an application dials its own.
Endpoint const& cache_beside(ProbeContext const& context, Endpoint const& shop) {
    auto const found =
        std::ranges::find(context.cache, host_of_entry(shop.entry),
                          [](Endpoint const& cache) { return host_of_entry(cache.entry); });
    return found == context.cache.end() ? context.cache.front() : *found;
}

std::unique_ptr<Customer> customer(Options const& options, ProbeContext const& context,
                                   record::StreamDeclared const& stream, Endpoint const& entry,
                                   int index) {
    return std::make_unique<Tickets>(context, stream, entry, cache_beside(context, entry), index,
                                     options);
}

RegisterProbe const registered{{
    .name = "tickets",
    .summary = "buys a ticket as a customer does: session and cart in Redis, order in PostgreSQL",
    .role = ProbeKind::Role::customer,
    .options = {rate_option("1/s"),
                unlimited_option(),
                clients_option(),
                connections_option("fresh"),
                through_option(),
                storm_option(),
                deadline_option(),
                {.name = "quota",
                 .type = OptionType::integer,
                 .fallback = "500",
                 .doc = "how many tickets, and seats, there are to sell",
                 .at_least = 0,
                 .at_most = 1'000'000},
                {.name = "performances",
                 .type = OptionType::integer,
                 .fallback = "1",
                 .doc = "for how many performances there is such a quota; customers want the first "
                        "until it is sold out, then the next",
                 .at_least = 1,
                 .at_most = 1000},
                shop::bug_option({"no_lock", "replica_reads"})},
    .stores = {"shop", "cache"},
    .streams = streams,
    .customer = customer,
}};

}  // namespace
}  // namespace interregnum
