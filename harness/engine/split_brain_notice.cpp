// SPDX-License-Identifier: MIT
#include "harness/engine/split_brain_notice.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include <fmt/format.h>

namespace interregnum {
namespace {

using record::Offset;

/// A try takes at most 1 s (two requests of 0.5 s each), and one begins each 0.1 s.
constexpr Offset told_by_then = std::chrono::milliseconds(1200);

/// When an event that comes often was written.
std::optional<Offset> time_of(record::Event const& event) {
    if (auto const* attempt = std::get_if<record::Attempt>(&event)) return attempt->finished;
    if (auto const* seen = std::get_if<record::ReplicationSeen>(&event)) return seen->at;
    if (auto const* seen = std::get_if<record::CanarySeen>(&event)) return seen->at;
    return std::nullopt;
}

std::string seconds(Offset span) {
    return fmt::format("{:.3f} s", std::chrono::duration<double>(span).count());
}

}  // namespace

void SplitBrainNotice::write(record::Event event) {
    if (auto const now = time_of(event); now) {
        std::scoped_lock const lock(mutex_);
        if (auto const* canary = std::get_if<record::CanarySeen>(&event)) take(*canary);
        say_what_lasts(*now);
    }
    next_.write(std::move(event));
}

void SplitBrainNotice::take(record::CanarySeen const& canary) {
    if (canary.accepted) {
        if (!writable_since_.emplace(canary.node, canary.at).second) return;
        for (auto const& [other, since] : writable_since_)
            if (other != canary.node)
                overlaps_[std::minmax(canary.node, other)] = {.from = std::max(canary.at, since)};
        return;
    }
    if (writable_since_.erase(canary.node) == 0) return;
    std::erase_if(overlaps_, [&](auto const& one) {
        if (one.first.first != canary.node && one.first.second != canary.node) return false;
        end(one.first, one.second, canary.previous);
        return true;
    });
}

void SplitBrainNotice::end(Pair const& pair, Overlap const& overlap, Offset to) {
    if (to <= overlap.from) return;  // not proved: the errors of the two looks overlap, no more
    say_(fmt::format("{} and {} {} for at least {}, from {} into the run", pair.first, pair.second,
                     overlap.said ? "have both taken writes" : "both took writes",
                     seconds(to - overlap.from), seconds(overlap.from)));
}

void SplitBrainNotice::say_what_lasts(Offset now) {
    for (auto& [pair, overlap] : overlaps_) {
        if (overlap.said || now - overlap.from < told_by_then) continue;
        overlap.said = true;
        say_(fmt::format("{} and {} both take writes, since {} into the run", pair.first,
                         pair.second, seconds(overlap.from)));
    }
}

}  // namespace interregnum
