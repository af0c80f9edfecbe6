// SPDX-License-Identifier: MIT
#include "harness/engine/silence_watch.h"

#include <chrono>
#include <stop_token>
#include <utility>

namespace interregnum {

namespace {

constexpr Duration between_looks = std::chrono::seconds(1);

std::optional<SilenceWatch::Answer> watch(Hands& hands, Clock& clock,
                                          std::vector<SilenceWatch::Look> const& looks,
                                          Instant injected, Duration silent_for,
                                          std::stop_token const& stop) {
    while (clock.now() < injected + silent_for && !stop.stop_requested()) {
        for (SilenceWatch::Look const& look : looks) {
            auto const seen = hands.run_one(look.command, stop);
            Duration const after = clock.now() - injected;
            bool const as_before = seen && !look.before.empty() && seen->out == look.before;
            if (!seen || (as_before && after < look.going_down)) continue;
            if (after >= silent_for) return std::nullopt;
            return SilenceWatch::Answer{.node = look.command.node, .after = after};
        }
        clock.sleep_for(between_looks, stop);
    }
    return std::nullopt;
}

}  // namespace

SilenceWatch::SilenceWatch(Hands& hands, Clock& clock, std::vector<Look> looks, Instant injected,
                           Duration silent_for)
    : answer_(std::make_shared<std::optional<Answer>>()),
      thread_([&hands, &clock, looks = std::move(looks), injected, silent_for,
               answer = answer_](std::stop_token const& stop) {
          *answer = watch(hands, clock, looks, injected, silent_for, stop);
      }) {}

std::optional<SilenceWatch::Answer> SilenceWatch::finish() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
    return *answer_;
}

}  // namespace interregnum
