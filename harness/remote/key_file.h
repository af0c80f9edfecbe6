// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "harness/base/result.h"
#include "harness/base/secret.h"

namespace interregnum {

/// A private key file and what can be said of it without its passphrase.
struct KeyFile {
    std::string path;
    Secret text;              ///< the file
    std::string type;         ///< "ssh-ed25519"; "" where the file does not say
    std::string public_blob;  ///< the public key as SSH sends it; "" where the file does not say
    bool encrypted{};
};

/// Understands OpenSSH's own format (openssh-key-v1) and the headers of PEM files. Pure.
/// Errors: `refused`: not a private key.
[[nodiscard]] Result<KeyFile> parse_key_file(std::string path, std::string text);

/// Reads a key file of at most 64 KiB. Errors: `refused`: missing, not readable, or readable by
/// others (as ssh does, a key that others can read is not used).
[[nodiscard]] Result<KeyFile> load_key_file(std::string const& path);

}  // namespace interregnum
