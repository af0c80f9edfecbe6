// SPDX-License-Identifier: MIT
#pragma once

namespace interregnum {

/// The exit codes of every verb (the table is in README).
enum class ExitCode : int {
    pass = 0,
    fail = 1,
    inconclusive = 2,
    harness_error = 3,
    not_undone = 4,  ///< something could not be undone: wins over every other code
    usage = 64,      ///< wrong command line or bad file; nothing was touched
    interrupted = 130,
};

}  // namespace interregnum
