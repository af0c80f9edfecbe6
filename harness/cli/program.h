// SPDX-License-Identifier: MIT
#pragma once

namespace interregnum {

/// The program: parses the command line, runs the verb, returns the exit code (exit_code.h).
/// The one place where an exception ends.
int run_program(int argc, char** argv);

}  // namespace interregnum
