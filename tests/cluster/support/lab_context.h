// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <variant>

#include "harness/probe.h"

namespace interregnum::test {

/// What probes need of the lab that is up on this machine; the calling thread is moved into its
/// network. A text when that cannot be: why, for the test to be skipped with.
[[nodiscard]] std::variant<ProbeContext, std::string> lab_context();

}  // namespace interregnum::test
