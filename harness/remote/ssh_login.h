// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/remote/raw_session.h"
#include "harness/remote/ssh.h"

namespace interregnum {

/// Dials, shakes hands, verifies the host key and logs in, all until the waiter's deadline.
/// What could be wrong on this side (key file, file of host keys) is read first.
[[nodiscard]] Result<std::unique_ptr<RawSession>> log_in(SshTarget const& target,
                                                         Waiter const& waiter,
                                                         std::vector<std::string>& notes);

}  // namespace interregnum
