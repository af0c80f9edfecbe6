// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace interregnum::test {

/// A step with which a kind of fault is tried, and what is known of it beforehand.
struct TrialStep {
    enum class Where {
        lab,       ///< on a node of the lab
        emulated,  ///< the lab's kernel cannot: on the emulated machine
    };
    enum class Healer {
        node,     ///< the node's own timer, when its lease is over
        itself,   ///< it ends by itself; nothing is left in force
        journal,  ///< `heal`, by the controller's journal or by switching servers on
    };
    std::string_view kind;
    std::string_view step;  ///< as in a scenario file; the lease is 4 s
    Where where{Where::lab};
    Healer healer{Healer::node};
    /// Its effect can be found by name when all files of the engine are gone.
    bool leaves_residue{true};
    /// It is proved in the lab without traffic of the test's own.
    bool proves_itself{true};
};

/// One for each registered kind; a test sees to that.
[[nodiscard]] std::vector<TrialStep> const& trial_steps();

}  // namespace interregnum::test
