// SPDX-License-Identifier: MIT
#include "harness/cli/worse.h"

#include <algorithm>
#include <array>

#include "harness/cli/outputs.h"

namespace interregnum {

ExitCode worse(ExitCode left, ExitCode right) {
    constexpr std::array worst_first{ExitCode::not_undone,  ExitCode::fail,
                                     ExitCode::interrupted, ExitCode::harness_error,
                                     ExitCode::usage,       ExitCode::inconclusive,
                                     ExitCode::pass};
    return *std::ranges::find_first_of(worst_first, std::array{left, right});
}

ExitCode after_writing(ExitCode due, Status const& written) {
    if (written) return due;
    complain(written.error().message);
    return worse(due, ExitCode::harness_error);
}

}  // namespace interregnum
