// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "harness/base/clock.h"
#include "harness/remote/transport.h"

namespace interregnum {

/// Where a node is and how to log in there. A path may start with "~/".
struct SshTarget {
    std::string node;  ///< its name in the inventory, for messages
    std::string address;
    std::uint16_t port{22};
    std::string user;
    std::string key{};        ///< private key file; "" means the agent at SSH_AUTH_SOCK
    std::string host_keys{};  ///< known_hosts file; "" means ~/.ssh/known_hosts
    bool sudo{};              ///< commands that want root go through `sudo -n`
    bool trust_new_host{};    ///< accept a host without a known key; never a changed key
    /// For name, TCP, handshake, host key, login and the shell together.
    Duration connect_timeout{std::chrono::seconds(5)};
};

/// A node reached through libssh2: one session, and in it one open shell for each of root and
/// the login user (one where they are the same), opened when first needed. How commands travel
/// through them is told in shell_text.h.
///
/// Errors of `run`, as transport.h has them:
/// - `unreachable`: no session or no shell could be had within the connect timeout or the
///   command's, whichever is shorter; nothing was sent.
/// - `refused`: the host key is unknown or changed, the login failed, sudo wants a password.
/// - `invalid`: no argument vector, a NUL byte in it, or a timeout of 0 or over a day.
///   Nothing was sent.
/// - `timeout`: the command did not end in time. Where the node still answers it was killed
///   there, with its process group, and the shell lives on; otherwise its own `timeout` there
///   ends it, and the next call that gets through makes sure.
/// - `protocol`: the session ended or the output went over its limit; the command may have run.
/// - `stopped`: as `timeout`, for a stop.
[[nodiscard]] std::unique_ptr<Transport> make_ssh_transport(SshTarget target);

}  // namespace interregnum
