// SPDX-License-Identifier: MIT
#include "harness/engine/loss_notice.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

namespace interregnum {
namespace {

using record::OrdersSeen;
using record::Service;

/// The ranges are in order of stream and number.
bool has(OrdersSeen const& seen, int stream, std::int64_t number) {
    auto const key = [](OrdersSeen::Range const& range) {
        return std::pair(range.stream, range.first);
    };
    auto const after = std::ranges::upper_bound(seen.numbers, std::pair(stream, number), {}, key);
    if (after == seen.numbers.begin()) return false;
    OrdersSeen::Range const& range = *std::prev(after);
    return range.stream == stream && number <= range.last;
}

bool sells(Service service) {
    return service == Service::write || service == Service::ticket || service == Service::voucher;
}

}  // namespace

void LossNotice::write(record::Event event) {
    {
        std::scoped_lock const lock(mutex_);
        if (auto const* stream = std::get_if<record::StreamDeclared>(&event))
            sales_[stream->id] = sells(stream->service);
        if (auto const* attempt = std::get_if<record::Attempt>(&event)) take(*attempt);
        if (auto const* seen = std::get_if<record::ReplicationSeen>(&event)) take(*seen);
        if (auto const* member = std::get_if<record::MemberSeen>(&event))
            nodes_[static_cast<std::size_t>(place_of(member->node))].holds_lock =
                member->reachable && member->holds_lock && member->writable;
        if (auto const* seen = std::get_if<OrdersSeen>(&event)) compare(*seen);
    }
    next_.write(std::move(event));
}

int LossNotice::place_of(std::string const& node) {
    auto const found = std::ranges::find(nodes_, node, &Node::name);
    if (found != nodes_.end()) return static_cast<int>(found - nodes_.begin());
    nodes_.push_back({.name = node});
    return static_cast<int>(nodes_.size()) - 1;
}

void LossNotice::take(record::ReplicationSeen const& seen) {
    Node& node = nodes_[static_cast<std::size_t>(place_of(seen.node))];
    node.primary = !seen.in_recovery;
    node.timeline = seen.timeline;
    node.at = seen.at;
}

void LossNotice::take(record::Attempt const& attempt) {
    if (attempt.outcome != record::Outcome::ok || attempt.id <= 0) return;
    auto const sale = sales_.find(attempt.stream);
    if (sale == sales_.end() || !sale->second) return;
    auto const server = std::ranges::find(nodes_, attempt.server, &Node::name);
    if (server == nodes_.end()) return;
    bool const known = server->primary && attempt.finished - server->at <= fresh;
    told_[next_place_] = {.id = attempt.id,
                          .number = attempt.number,
                          .stream = attempt.stream,
                          .server = static_cast<int>(server - nodes_.begin()),
                          .timeline = known ? server->timeline : 0,
                          .finished = attempt.finished};
    next_place_ = (next_place_ + 1) % remembered;
}

void LossNotice::compare(OrdersSeen const& seen) {
    auto const leader = std::ranges::find(nodes_, seen.node, &Node::name);
    if (leader == nodes_.end() || !leader->holds_lock) return;
    int const here = static_cast<int>(leader - nodes_.begin());
    std::int64_t gone = 0;
    Told first;
    for (Told& told : told_) {
        if (told.id < std::max<std::int64_t>(seen.from_id, 1) || told.finished > seen.asked)
            continue;
        bool const superseded = told.timeline > 0 && told.timeline < seen.timeline;
        if ((told.server != here && !superseded) || has(seen, told.stream, told.number)) continue;
        if (gone++ == 0 || told.finished < first.finished) first = told;
        told.id = 0;  // said
    }
    if (gone == 0 || said_++ >= most_said) return;
    say_(fmt::format(
        "{} that had been acknowledged {} gone from {}, the leader on timeline {}: the first is "
        "{}-{} (id {}), acknowledged by {} {:.3f} s into the run",
        gone == 1 ? "1 order" : fmt::format("{} orders", gone), gone == 1 ? "is" : "are", seen.node,
        seen.timeline, first.stream, first.number, first.id,
        nodes_[static_cast<std::size_t>(first.server)].name,
        std::chrono::duration<double>(first.finished).count()));
}

}  // namespace interregnum
