// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/base/exit_code.h"
#include "harness/base/result.h"
#include "harness/gate.h"

/// The folder of a gate, and what it tells to who goes on with that gate.
namespace interregnum {

/// Makes "OUT/2026-11-22T03-10-44-gate-SUITE", with a suffix when another gate of this second has
/// that name.
[[nodiscard]] Result<std::string> make_gate_folder(std::string const& out,
                                                   std::string const& suite);

/// What a gate has come to.
struct GateEnd {
    Decision decision{Decision::undecided};
    bool not_undone{};
    bool harness_broke{};
    bool interrupted{};
    bool unfinished{};  ///< it can be gone on with
    std::string because;
};

/// The exit code that it deserves.
[[nodiscard]] ExitCode code_of(GateEnd const& end, bool undecided_is_ok);

/// What the folder's gate.json says. Nothing where there is none: the controller was killed.
/// Errors: it cannot be read.
[[nodiscard]] Result<std::optional<GateEnd>> read_gate_end(std::string const& gate_folder);

/// Removes it, if it is there: the gate is gone on with, and is not at that end any more. Who
/// comes after a controller that is killed now must not be told that end.
[[nodiscard]] Status forget_gate_end(std::string const& gate_folder);

/// Adds the plays that the folder holds to the gate's drills, whose scenario, repeats and runs
/// (none) are filled in: as runs those with a result, as cut off those that were interrupted or
/// have no summary.json, since their controller was killed. One of these whose record proves that
/// something was lost, or left on a node, is a result, too, and gets its reports written. Of two
/// results of one seed the first counts: nobody may choose. Errors: a run of another cluster,
/// scenario or seed than this gate has, which somebody must have put there (`refused`); reports
/// that cannot be written.
[[nodiscard]] Status add_plays_of(std::string const& gate_folder, GateFacts& facts, int retries);

}  // namespace interregnum
