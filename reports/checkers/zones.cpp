// SPDX-License-Identifier: MIT
#include "reports/checkers/zones.h"

#include <algorithm>

namespace interregnum::checkers {
namespace {

using Kind = RegisterOp::Kind;

/// Each once, in the order they began; the initial value's write is no operation.
std::vector<std::uint32_t> proof_of(std::span<RegisterOp const> ops,
                                    std::vector<std::uint32_t> places) {
    std::erase_if(places, [&](std::uint32_t place) { return place >= ops.size(); });
    std::ranges::sort(places);
    auto const again = std::ranges::unique(places);
    places.erase(again.begin(), again.end());
    for (std::uint32_t& place : places) place = ops[place].id;
    return places;
}

}  // namespace

bool Zones::make_clusters(std::span<RegisterOp const> ops, Value initial) {
    ids_.reset([&](auto const& tell) {
        tell(initial);
        for (RegisterOp const& op : ops) tell(op.value);
    });
    clusters_.clear();
    clusters_.push_back({.first_end = 0, .last_begin = 0, .write = initially});
    ids_.add(initial);
    for (std::uint32_t i = 0; i < ops.size(); ++i) {
        RegisterOp const& op = ops[i];
        if (op.kind != Kind::read && op.kind != Kind::write) return false;
        std::uint32_t const id = ids_.add(op.value);
        if (id == clusters_.size()) clusters_.emplace_back();
        Cluster& cluster = clusters_[id];
        if (op.kind == Kind::write) {
            if (cluster.write != never) return false;
            cluster.write = i;
        }
        if (op.completed < cluster.first_end) {
            cluster.first_end = op.completed;
            cluster.first_ended = i;
        }
        if (op.invoked > cluster.last_begin) {
            cluster.last_begin = op.invoked;
            cluster.last_begun = i;
        }
    }
    return true;
}

std::optional<Found> Zones::look_at_clusters(std::span<RegisterOp const> ops) {
    forward_.clear();
    backward_.clear();
    for (std::uint32_t i = 0; i < clusters_.size(); ++i) {
        Cluster const& cluster = clusters_[i];
        if (cluster.write == never)
            return Found{.kind = "never written",
                         .sentence = "a value was read that nobody wrote",
                         .proof = proof_of(ops, {cluster.first_ended})};
        if (cluster.first_end == never) continue;  // may have been written, and nobody saw it
        if (cluster.write != initially && cluster.first_end < ops[cluster.write].invoked)
            return Found{.kind = "read from the future",
                         .sentence = "a value was read before its write began",
                         .proof = proof_of(ops, {cluster.first_ended, cluster.write})};
        if (cluster.first_end < cluster.last_begin)
            forward_.push_back({cluster.first_end, cluster.last_begin, i});
        else
            backward_.push_back({cluster.last_begin, cluster.first_end, i});
    }
    return std::nullopt;
}

std::optional<Found> Zones::look_at_zones(std::span<RegisterOp const> ops) {
    std::ranges::sort(forward_, {}, &Zone::from);
    auto const both = [&](Zone const& one, Zone const& other) {
        Cluster const& a = clusters_[one.cluster];
        Cluster const& b = clusters_[other.cluster];
        return proof_of(ops, {a.first_ended, a.last_begun, b.first_ended, b.last_begun});
    };
    for (std::size_t i = 1; i < forward_.size(); ++i)
        if (forward_[i].from < forward_[i - 1].to)
            return Found{.kind = "stale read",
                         .sentence = "two values were each there both before and after the other",
                         .proof = both(forward_[i - 1], forward_[i])};
    for (Zone const& zone : backward_) {
        auto const after = std::ranges::upper_bound(forward_, zone.from, {}, &Zone::from);
        if (after == forward_.begin() || zone.to >= std::prev(after)->to) continue;
        // The initial value has no operation of its own and is first: nothing encloses it.
        return Found{.kind = "lost write",
                     .sentence = "a value was written, and another was there both before and after",
                     .proof = both(*std::prev(after), zone)};
    }
    return std::nullopt;
}

Zones::Answer Zones::check(std::span<RegisterOp const> ops, Value initial) {
    if (!make_clusters(ops, initial)) return {.verdict = Verdict::not_unique, .found = {}};
    std::optional<Found> found = look_at_clusters(ops);
    if (!found) found = look_at_zones(ops);
    if (!found) return {};
    return {.verdict = Verdict::broken, .found = std::move(found)};
}

}  // namespace interregnum::checkers
