// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/remote/shell_link.h"
#include "harness/remote/ssh.h"

namespace interregnum {

/// The arguments of the system's `ssh` that start `line` on a node. What the target gives goes
/// first; everything else is ~/.ssh/config's. The port is always the target's, since faults keep
/// that one open. Host keys are always verified, whatever the configuration says; nothing is ever
/// asked at a terminal. Pure.
/// Errors: `invalid`: a user, address or path that ssh might take for something else.
[[nodiscard]] Result<std::vector<std::string>> openssh_arguments(SshTarget const& target,
                                                                 std::string const& line);

/// A port on this machine's loopback that leads, through a node, to a host and port there.
struct PortForward {
    std::uint16_t local_port{};
    std::string host;  ///< as the node knows it
    std::uint16_t port{};
};

/// The arguments of an `ssh` that forwards ports and runs nothing. Pure; errors as above.
[[nodiscard]] Result<std::vector<std::string>> openssh_forward_arguments(
    SshTarget const& target, std::vector<PortForward> const& ports);

/// Why an `ssh` that said this and ended with 255 could not log in, and what to do: `refused`
/// for keys and host keys, `unreachable` for the rest. Pure.
[[nodiscard]] Error openssh_error(SshTarget const& target, std::string_view said);

/// Nodes through the system's `ssh`: a child process for each program there, so a login each.
[[nodiscard]] std::unique_ptr<ShellOpener> make_openssh_opener(SshTarget target);

}  // namespace interregnum
