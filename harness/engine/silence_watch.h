// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "harness/base/clock.h"
#include "harness/engine/hands.h"

namespace interregnum {

/// Watches that the nodes which a fault has silenced keep silent, beside whatever else is played.
class SilenceWatch {
public:
    /// A command that succeeds where its node answers.
    struct Look {
        FaultCommand command;
        /// What it prints as long as the node is only about to go down, for at most `going_down`
        /// after the injection: that is no answer. "": whatever it prints is one.
        std::string before{};
        Duration going_down{};
    };
    /// A node that was not silent for long enough.
    struct Answer {
        std::string node;
        Duration after{};  ///< the injection
    };
    /// No node may answer for `silent_for` after `injected`. `hands` and `clock` must outlive it.
    SilenceWatch(Hands& hands, Clock& clock, std::vector<Look> looks, Instant injected,
                 Duration silent_for);
    SilenceWatch(SilenceWatch&&) noexcept = default;
    SilenceWatch& operator=(SilenceWatch&&) noexcept = default;
    SilenceWatch(SilenceWatch const&) = delete;
    SilenceWatch& operator=(SilenceWatch const&) = delete;
    /// Ends the watch; waits for a look under way (at most its timeout).
    ~SilenceWatch() = default;

    /// Ends the watch: the first node that answered too soon, if one did.
    [[nodiscard]] std::optional<Answer> finish();

private:
    std::shared_ptr<std::optional<Answer>> answer_;  ///< the thread's own until it has ended
    std::jthread thread_;
};

}  // namespace interregnum
