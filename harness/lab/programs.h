// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "harness/base/result.h"

namespace interregnum {

/// The absolute path of a program, or an error that names the Debian package that has it.
[[nodiscard]] Result<std::string> find_program(std::string const& name);

/// Is this machine able to run a lab? One error that names everything missing: root, programs
/// (with their packages), kernel features, memory for `disks_bytes` of tmpfs.
[[nodiscard]] Status check_machine(std::uint64_t disks_bytes);

}  // namespace interregnum
