// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "harness/base/result.h"
#include "harness/remote/key_file.h"
#include "harness/remote/raw_session.h"
#include "harness/remote/ssh.h"

namespace interregnum {

/// Logs in with a key file, or with the keys of the agent where there is none. An encrypted key
/// file is used through the agent that holds it.
/// Errors: `refused` with what was tried, why it failed and what to do; `unreachable`, `stopped`.
[[nodiscard]] Status authenticate(RawSession const& session, SshTarget const& target,
                                  std::optional<KeyFile> const& key, Waiter const& waiter);

}  // namespace interregnum
