// SPDX-License-Identifier: MIT
#include "harness/probe.h"
#include "probes/session/names.h"
#include "probes/session/postgres.h"
#include "probes/session/streams.h"
#include "probes/shop/bugs.h"
#include "probes/shop/locks.h"
#include "probes/shop/placing.h"
#include "probes/shop/purchase.h"
#include "probes/shop/schema.h"

namespace interregnum {
namespace {

using record::Outcome;

/// Redeems a voucher that may be used so often and no more: under its lock and the quota's one use
/// is taken and the order placed that it pays for, in one transaction. All clients use up one
/// voucher before the next, so there are always some at the same one, and the last use of each is
/// contested. A voucher that is used up is an honest answer: "sold_out".
class Vouchers final : public Customer {
public:
    Vouchers(ProbeContext const& context, record::StreamDeclared const& stream,
             Endpoint const& entry, int index, Options const& options)
        : context_(context),
          kept_(stream.connection == record::Connection::kept),
          vouchers_(options.integer("vouchers")),
          max_usages_(options.integer("max_usages")),
          counts_itself_(shop::has_bug(options, "read_modify_write")),
          session_(context.postgres, entry),
          codes_(context.seed, client_number(stream, index)) {}

    void act(record::Attempt& attempt, Instant deadline) override {
        attempt.token = token_of(attempt);
        std::int64_t const voucher = 1 + attempt.number / max_usages_ % vouchers_;
        redeem(attempt, voucher, deadline);
        bool const answered = attempt.outcome == Outcome::ok || attempt.error == "sold_out";
        if (!kept_ || !answered) session_.close();
    }

    void redial(Instant deadline) override { static_cast<void>(session_.connect(deadline)); }

private:
    void redeem(record::Attempt& attempt, std::int64_t voucher, Instant deadline) {
        std::string const locks =
            shop::lock_list({shop::lock_key(shop::LockClass::quota, shop::voucher_quota),
                             shop::lock_key(shop::LockClass::voucher, voucher)});
        SqlRows answer;
        Ending ending = session_.open() ? Ending{} : session_.connect(deadline);
        if (ending.good()) ending = session_.ask_many(shop::begin_purchase, deadline, answer);
        if (counts_itself_) {
            if (ending.good()) ending = count_up(voucher, deadline, answer);
        } else {
            if (ending.good()) ending = session_.ask(shop::take_locks, {locks}, deadline, answer);
            if (ending.good())
                ending =
                    session_.ask(shop::redeem_voucher, {std::to_string(voucher)}, deadline, answer);
        }
        if (ending.good() && answer.rows.empty()) return used_up(attempt, voucher, deadline);
        if (ending.good())
            ending = shop::place(session_, codes_,
                                 {.token = attempt.token,
                                  .channel = "vouchers",
                                  .item = shop::voucher_item,
                                  .positions = 1,
                                  .voucher = std::to_string(voucher)},
                                 shop::Statement::unprepared, deadline, answer);
        if (!ending.good())
            return fill_attempt(attempt, ending, judge_sql(ending, StatementKind::in_transaction));
        attempt.id = answer.number(0, 0);
        attempt.server = server_at(context_, answer.text(0, 1));
        bool const placed = !answer.rows.empty();
        ending = session_.ask_many(placed ? "COMMIT" : "ROLLBACK", deadline, answer);
        OutcomeClass judgement = judge_sql(ending, StatementKind::commit);
        if (judgement.outcome == Outcome::ok && answer.tag != "COMMIT") {
            judgement = {Outcome::failed, "server_error"};
            ending.detail = placed ? "COMMIT was answered with " + answer.tag
                                   : "the shop's items are gone: no order was made";
        }
        fill_attempt(attempt, ending, judgement);
    }

    /// The bug: reads the uses, counts one more and writes that, without a lock. What the shop does
    /// between, 20 ms of prices and taxes, is what makes it show sooner or later.
    Ending count_up(std::int64_t voucher, Instant deadline, SqlRows& answer) {
        std::string const id = std::to_string(voucher);
        Ending ending = session_.ask(
            "SELECT redeemed + 1, redeemed < max_usages, pg_sleep(0.02) FROM interregnum.vouchers "
            "WHERE id = $1::bigint",
            {id}, deadline, answer);
        bool const left = ending.good() && answer.flag(0, 1);
        std::string const uses = answer.text(0, 0);
        if (ending.good())
            ending = session_.ask(
                "UPDATE interregnum.vouchers SET redeemed = $2::bigint "
                "WHERE id = $1::bigint AND $3::boolean RETURNING code",
                {id, uses, left ? "true" : "false"}, deadline, answer);
        return ending;
    }

    void used_up(record::Attempt& attempt, std::int64_t voucher, Instant deadline) {
        SqlRows ignored;
        static_cast<void>(session_.ask_many("ROLLBACK", deadline, ignored));
        Ending const ending{.detail = "voucher " + std::to_string(voucher) + " is used up"};
        fill_attempt(attempt, ending, {Outcome::failed, "sold_out"});
    }

    ProbeContext const& context_;
    bool kept_;
    std::int64_t vouchers_;
    std::int64_t max_usages_;
    bool counts_itself_;
    PostgresConnection session_;
    shop::CodeBook codes_;
};

Result<std::vector<StreamPlan>> streams(Options const& options, ProbeContext const& context) {
    return plan_streams({.list = "write",
                         .service = record::Service::voucher,
                         .entries = entries_through(options.text("through"), &EntryPoints::write,
                                                    context, "read-write"),
                         .rate_per_s = options.rate_per_s("rate"),
                         .modes = modes_of(options.text("connections")),
                         .deadline = options.duration("deadline"),
                         .storm = storm_of(options)});
}

std::unique_ptr<Customer> customer(Options const& options, ProbeContext const& context,
                                   record::StreamDeclared const& stream, Endpoint const& entry,
                                   int index) {
    return std::make_unique<Vouchers>(context, stream, entry, index, options);
}

RegisterProbe const registered{{
    .name = "vouchers",
    .summary = "redeems vouchers that may be used so often and no more",
    .role = ProbeKind::Role::customer,
    .options = {rate_option("5/s"),
                {.name = "vouchers",
                 .type = OptionType::integer,
                 .fallback = "200",
                 .doc = "how many there are; used up one after the other, then over again",
                 .at_least = 1,
                 .at_most = 100'000},
                {.name = "max_usages",
                 .type = OptionType::integer,
                 .fallback = "10",
                 .doc = "how often each may be used",
                 .at_least = 1,
                 .at_most = 100'000},
                connections_option("kept"),
                through_option(),
                storm_option(),
                deadline_option(),
                shop::bug_option({"read_modify_write"})},
    .stores = {"shop"},
    .streams = streams,
    .customer = customer,
    .by_default = false,
}};

}  // namespace
}  // namespace interregnum
