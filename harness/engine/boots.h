// SPDX-License-Identifier: MIT
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "harness/base/clock.h"
#include "harness/engine/hands.h"
#include "harness/engine/leave_out_the_gone.h"

namespace interregnum {

/// How long a server that was told to boot may take until it answers.
inline constexpr Duration boot_patience = std::chrono::minutes(5);

/// The servers that a fault takes down, and that boot when it is undone, or by themselves: whether
/// they are back. That the order was given says nothing: a boot may hang, a cloud may have no room.
class Boots {
public:
    /// What asks a node which boot it is on.
    [[nodiscard]] static FaultCommand boot_id_of(std::string const& node);

    explicit Boots(std::vector<std::string> const& nodes);

    [[nodiscard]] bool any() const { return !servers_.empty(); }
    /// Learns which boot each is on, before the injection.
    void look_before(Hands& hands, std::stop_token const& stop);
    /// What it said then; "" where it is none of them, or said nothing.
    [[nodiscard]] std::string boot_before(std::string const& node) const;
    /// Looks at those that are not back yet, `told` after they were told to boot; true when all
    /// are. Of a node that no longer exists nothing is expected. One that still is on its old boot
    /// may be about to go down: for a while that is not taken for back.
    [[nodiscard]] bool all_back(Hands& hands, Duration told, WhyGone const& why_gone);
    /// Those that are not back, each with what came instead of an answer.
    [[nodiscard]] std::string missing() const;

private:
    struct Server {
        std::string node;
        std::string boot_before{};  ///< "" where it is not known
        std::string instead{};
        bool back{};
    };
    std::vector<Server> servers_;
};

}  // namespace interregnum
