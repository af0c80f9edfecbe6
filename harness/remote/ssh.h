// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "harness/base/clock.h"
#include "harness/remote/transport.h"

namespace interregnum {

/// Who speaks SSH for us.
enum class SshClient {
    libssh2,  ///< in this process
    openssh,  ///< the system's `ssh`, with all it knows: ~/.ssh/config, jumps, any key; see
              ///< openssh.h
};

/// Where a node is and how to log in there. A path may start with "~/".
struct SshTarget {
    std::string node;  ///< its name in the inventory, for messages
    std::string address;
    std::uint16_t port{22};
    std::string user;   ///< openssh: "" means what ssh itself would take
    std::string key{};  ///< private key file; "" means the agent at SSH_AUTH_SOCK, to openssh its
                        ///< own choice
    std::string host_keys{};  ///< known_hosts file; "" means ~/.ssh/known_hosts
    bool sudo{};              ///< commands that want root go through `sudo -n`
    bool trust_new_host{};    ///< accept a host without a known key; never a changed key
    SshClient client{SshClient::libssh2};
    /// For name, TCP, handshake, host key, login and the shell together.
    Duration connect_timeout{std::chrono::seconds(5)};
};

/// A node reached through SSH: one open shell for each of root and the login user (one where
/// they are the same), opened when first needed; with libssh2 both in one session, with openssh
/// an `ssh` each. How commands travel through them is told in shell_text.h.
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
