// SPDX-License-Identifier: MIT
#include <algorithm>
#include <charconv>
#include <optional>

#include "harness/probe.h"
#include "probes/session/looking.h"
#include "probes/session/node_session.h"

namespace interregnum {
namespace {

constexpr Duration period = std::chrono::seconds(1);
/// The newest orders of a table are what a failover may lose.
constexpr std::size_t newest = 1000;

// One round trip, along the primary key; on a standby nothing is read. One row: the timeline, the
// lowest id that was read, and the tokens.
constexpr std::string_view newest_orders =
    "SELECT CASE WHEN NOT pg_is_in_recovery() THEN "
    "('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END, "
    "min(id), count(*), string_agg(token, ' ') "
    "FROM (SELECT id, token FROM interregnum.orders WHERE NOT pg_is_in_recovery() "
    "ORDER BY id DESC LIMIT $1::int) AS o";

/// Stream and number of "3-77", as `token_of` makes it.
std::optional<record::OrdersSeen::Range> read_token(std::string_view token) {
    record::OrdersSeen::Range one;
    char const* const end = token.data() + token.size();
    auto const [dash, wrong] = std::from_chars(token.data(), end, one.stream);
    if (wrong != std::errc{} || dash == end || *dash != '-') return std::nullopt;
    auto const [rest, wrong_too] = std::from_chars(dash + 1, end, one.first);
    if (wrong_too != std::errc{} || rest != end) return std::nullopt;
    one.last = one.first;
    return one;
}

/// Tokens apart by spaces, as ranges in order of stream and number.
std::vector<record::OrdersSeen::Range> ranges_of(std::string_view tokens) {
    std::vector<record::OrdersSeen::Range> all;
    while (!tokens.empty()) {
        std::size_t const space = std::min(tokens.find(' '), tokens.size());
        if (auto const one = read_token(tokens.substr(0, space))) all.push_back(*one);
        tokens.remove_prefix(std::min(space + 1, tokens.size()));
    }
    std::ranges::sort(all, {}, [](auto const& one) { return std::pair(one.stream, one.first); });
    std::vector<record::OrdersSeen::Range> ranges;
    for (auto const& one : all) {
        bool const goes_on = !ranges.empty() && ranges.back().stream == one.stream &&
                             one.first <= ranges.back().last + 1;
        if (goes_on)
            ranges.back().last = one.first;
        else
            ranges.push_back(one);
    }
    return ranges;
}

/// Reads the newest orders of one node directly, while it takes writes.
class SoldObserver final : public Observer {
public:
    SoldObserver(ProbeContext const& context, ProbeNode const& node)
        : context_(context), name_(node.name), session_(context, node) {}

    void watch(std::stop_token stop) override {
        CostMeter cost(context_, "sold", name_);
        look_every(period, context_, cost, stop, [&] {
            NodeSession::Answer const answer =
                session_.ask(newest_orders, {std::to_string(newest)}, look_limit);
            std::int64_t const before = std::exchange(timeline_, 0);
            if (!answer.ending.good() || answer.rows.rows.empty()) return false;
            timeline_ = answer.rows.number(0, 0);  // 0 of a standby
            // A look that saw the promotion may have a standby's view of the table.
            if (timeline_ > 0 && timeline_ == before) tell(answer);
            return true;
        });
    }

private:
    void tell(NodeSession::Answer const& answer) {
        bool const all = static_cast<std::size_t>(answer.rows.number(0, 2)) < newest;
        context_.sink->write(record::OrdersSeen{.node = name_,
                                                .timeline = timeline_,
                                                .from_id = all ? 0 : answer.rows.number(0, 1),
                                                .numbers = ranges_of(answer.rows.text(0, 3)),
                                                .asked = context_.offset(answer.asked),
                                                .at = context_.offset(context_.clock->now())});
    }

    ProbeContext const& context_;
    std::string name_;
    NodeSession session_;
    std::int64_t timeline_{};
};

std::vector<std::unique_ptr<Observer>> observers(Options const& /*options*/,
                                                 ProbeContext const& context) {
    std::vector<std::unique_ptr<Observer>> all;
    for (ProbeNode const& node : context.nodes)
        if (node.group == "db") all.push_back(std::make_unique<SoldObserver>(context, node));
    return all;
}

RegisterProbe const registered{{
    .name = "sold",
    .summary = "reads the newest orders of the node that takes writes, once a second",
    .role = ProbeKind::Role::observer,
    .observers = observers,
}};

}  // namespace
}  // namespace interregnum
