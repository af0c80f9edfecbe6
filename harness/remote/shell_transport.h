// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "harness/remote/shell_link.h"
#include "harness/remote/ssh.h"
#include "harness/remote/transport.h"

namespace interregnum {

/// What all ways to a node have in common: an open shell for each of root and the login user
/// (one where they are the same), opened when first needed; what is given up is killed there.
/// Behaves as told at `make_ssh_transport`.
[[nodiscard]] std::unique_ptr<Transport> make_shell_transport(SshTarget target,
                                                              std::unique_ptr<ShellOpener> opener);

}  // namespace interregnum
