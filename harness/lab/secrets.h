// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>

#include "harness/base/result.h"
#include "harness/base/secret.h"

namespace interregnum {

/// What one `lab up` makes up: passwords and keys that live and die with the lab.
struct LabSecrets {
    Secret superuser;       ///< PostgreSQL, Patroni's
    Secret replication;     ///< PostgreSQL, streaming replicas
    Secret rewind;          ///< PostgreSQL, pg_rewind
    Secret drill;           ///< PostgreSQL, the role of drills
    Secret redis;           ///< clients, replicas and Sentinels
    std::string admin_key;  ///< public half of the key that logs in
    struct HostKey {
        Secret private_key;
        std::string public_key;
    };
    std::map<std::string, HostKey, std::less<>> host_keys;        ///< by node
    std::map<std::string, std::string, std::less<>> machine_ids;  ///< by node, 32 hex digits
};

/// `length` characters of [a-z0-9], each from the kernel's random source. They need no quoting
/// in any of the files they get into.
[[nodiscard]] std::string random_text(std::size_t length);

/// Makes all of them, and writes what clients need (key, known_hosts, the two passwords; all but
/// known_hosts 0600) into the state directory.
[[nodiscard]] Result<LabSecrets> make_lab_secrets();

}  // namespace interregnum
