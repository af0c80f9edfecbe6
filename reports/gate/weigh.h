// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/gate.h"

/// What a gate comes to, before it is told.
namespace interregnum {

/// A threshold with what the repeats of its drill gave.
struct WeighedThreshold {
    Threshold threshold;
    Verdict verdict{Verdict::inconclusive};
    std::string name;  ///< "median of write.downtime"
    /// "31.94 s (31.92 to 31.98)", "31.94 s, 1 play cannot say", "not known (2 repeats...)". What a
    /// play that counts cannot say may have been anything.
    std::string value;
    std::string limit;  ///< "<= 60s"
};

struct WeighedDrill {
    GateDrill const* drill{};  ///< of the facts, which must live as long
    /// The worst of its plays that count, of its thresholds, and of what is missing.
    Verdict verdict{Verdict::pass};
    std::string plays;  ///< "3 pass", "2 pass, 1 inconclusive", "not played (interrupted)"
    std::vector<WeighedThreshold> thresholds;
};

/// A reason against a decision for it.
struct GateReason {
    Decision decision{Decision::undecided};
    bool harness_broke{};
    std::string sentence;
};

/// The decision with its reasons, those of a no-go first.
struct WeighedGate {
    Decision decision{Decision::go};
    bool not_undone{};
    bool harness_broke{};
    std::vector<GateReason> reasons;
    std::vector<WeighedDrill> drills;
    std::string because;  ///< one sentence
};

/// "GO", "NO-GO", "UNDECIDED".
[[nodiscard]] std::string_view decision_word(Decision decision);
/// The same for programs: "go", "no_go", "undecided".
[[nodiscard]] std::string_view decision_key(Decision decision);

/// For a drill of which plays are missing: it has thresholds, and all of them would hold whatever
/// the missing plays had measured, as a median can when more than half of all are below it. Of a
/// comparison with == nobody can say that.
[[nodiscard]] bool is_proved(GateDrill const& drill);

/// Weighs all there is. No-go: a forbidden finding of the preflight, a play that failed or was
/// called off, a threshold that was missed, something left behind, a drill that has been
/// inconclusive for too many nights. Undecided, if nothing of that: the cluster cannot be drilled,
/// a drill was not proved as often as asked (but see GateDrill::no_time), a play that is undecided,
/// a threshold nobody can judge, a manual item nobody ticked, a play or a hook that ended in an
/// error.
[[nodiscard]] WeighedGate weigh_gate(GateFacts const& facts);

/// Whatever the plays that are still missing came to, the drill would be a no-go: a play failed, or
/// a threshold would be missed even if every missing play were the best there is.
[[nodiscard]] bool is_lost(GateDrill const& drill);

}  // namespace interregnum
