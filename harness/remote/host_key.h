// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/remote/known_hosts.h"
#include "harness/remote/raw_session.h"
#include "harness/remote/ssh.h"

namespace interregnum {

/// Loads the file of host keys that a target names, or ~/.ssh/known_hosts.
[[nodiscard]] Result<KnownHosts> load_host_keys(SshTarget const& target);

/// Before the handshake: asks the host for a key of a type that the file has for it. A host has
/// several keys, and with one of another type a good host would look like a changed one.
void prefer_known_types(RawSession const& session, SshTarget const& target,
                        KnownHosts const& hosts);

/// After the handshake: is this the host we know? `refused` says the fingerprint as OpenSSH
/// prints it, the file, and what to do. A host accepted unseen is added to `notes`.
[[nodiscard]] Status verify_host_key(RawSession const& session, SshTarget const& target,
                                     KnownHosts const& hosts, std::vector<std::string>& notes);

}  // namespace interregnum
