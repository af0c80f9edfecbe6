// SPDX-License-Identifier: MIT
#pragma once

#include "harness/base/exit_code.h"
#include "harness/base/result.h"

namespace interregnum {

/// Of two codes the one that all ends with. What was found stays found, whatever became of the
/// rest: what was not undone, then a failure, an interruption, errors, a wrong command line,
/// inconclusive ones.
[[nodiscard]] ExitCode worse(ExitCode left, ExitCode right);

/// The code of what has come to `due` once its outputs are written. Where one could not be, says so
/// on stderr: that is an error of the harness, which hides nothing that was found.
[[nodiscard]] ExitCode after_writing(ExitCode due, Status const& written);

}  // namespace interregnum
