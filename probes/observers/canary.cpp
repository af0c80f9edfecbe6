// SPDX-License-Identifier: MIT
#include <atomic>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

#include "harness/probe.h"
#include "probes/session/looking.h"
#include "probes/session/node_session.h"
#include "probes/shop/canaries.h"

namespace interregnum {
namespace {

constexpr Duration period = std::chrono::milliseconds(100);
/// A server that stood still and goes on may be an old leader that takes writes until it finds out,
/// in less than two periods: so all nodes are looked at closely for a second.
constexpr Duration close_period = std::chrono::milliseconds(20);
constexpr Duration close_time = std::chrono::seconds(1);

/// Until when the nodes are looked at closely: shared by the observers of all nodes, since a split
/// brain is shown by two of them.
using CloseUntil = std::shared_ptr<std::atomic<Instant::rep>>;

/// Writes to one node, past every proxy: does it take writes now?
class CanaryObserver final : public Observer {
public:
    CanaryObserver(ProbeContext const& context, ProbeNode const& node, CloseUntil close_until)
        : context_(context),
          name_(node.name),
          session_(context, node),
          close_until_(std::move(close_until)) {}

    void watch(std::stop_token stop) override {
        CostMeter cost(context_, "canary", name_);
        Clock& clock = *context_.clock;
        look_every(period, context_, cost, stop, [&] {
            bool answered = look();
            while (clock.now().time_since_epoch().count() < *close_until_ &&
                   clock.sleep_for(close_period, stop)) {
                Instant const asked = clock.now();
                answered = look();
                cost.count(asked, answered);
            }
            return answered;
        });
    }

private:
    /// Whether the node answered, yes or no.
    bool look() {
        // Asked first, since a refused write is a line in the server's log, ten times a second.
        NodeSession::Answer answer = session_.ask(shop::may_write_canary, {}, look_limit);
        // What was not looked at is not seen: the next look's `previous` is of one that was made.
        if (!answer.looked) return false;
        if (answer.woke) *close_until_ = (answer.asked + close_time).time_since_epoch().count();
        bool const read_only = answer.rows.flag(0, 0);
        bool const may_write = answer.ending.good() && !read_only && answer.rows.flag(0, 1);
        if (may_write)
            answer = session_.ask(shop::write_canary, {name_, std::to_string(next_++)}, look_limit);
        OutcomeClass const judged = judge_sql(answer.ending, StatementKind::autocommit);
        record::CanarySeen seen{.node = name_};
        seen.accepted = may_write && answer.ending.good();
        if (seen.accepted) {
            seen.timeline = answer.rows.number(0, 0);
            last_row_ = next_ - 1;
        } else {
            seen.error = !answer.ending.good() ? judged.error
                         : read_only           ? "read_only"
                                               : "no_table";
        }
        seen.number = last_row_;
        seen.asked = context_.offset(answer.asked);
        seen.at = context_.offset(context_.clock->now());
        note(std::move(seen));
        return answer.ending.cause == EndCause::none || answer.ending.cause == EndCause::server;
    }

    void note(record::CanarySeen seen) {
        seen.previous = std::exchange(previous_, seen.asked);
        auto const what = [](record::CanarySeen const& one) {
            return std::tie(one.accepted, one.timeline, one.error);
        };
        if (last_ && what(*last_) == what(seen)) return;
        last_ = seen;
        context_.sink->write(std::move(seen));
    }

    ProbeContext const& context_;
    std::string name_;
    NodeSession session_;
    CloseUntil close_until_;
    std::int64_t next_{1};      ///< number of the next row
    std::int64_t last_row_{0};  ///< of the last row that certainly was written
    std::optional<record::CanarySeen> last_;
    record::Offset previous_{-1};
};

std::vector<std::unique_ptr<Observer>> observers(Options const& /*options*/,
                                                 ProbeContext const& context) {
    auto const close_until = std::make_shared<std::atomic<Instant::rep>>();
    std::vector<std::unique_ptr<Observer>> all;
    for (ProbeNode const& node : context.nodes)
        if (node.group == "db")
            all.push_back(std::make_unique<CanaryObserver>(context, node, close_until));
    return all;
}

RegisterProbe const registered{{
    .name = "canary",
    .summary = "tries to write on every database node directly, 10 times a second",
    .role = ProbeKind::Role::observer,
    .observers = observers,
}};

}  // namespace
}  // namespace interregnum
