// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/cluster/discover.h"

namespace interregnum {

/// A public host key: "ssh-ed25519" and its base64.
struct PublicHostKey {
    std::string type;
    std::string base64;
    friend bool operator==(PublicHostKey const&, PublicHostKey const&) = default;
};

/// What the console of one machine showed.
struct ConsoleKeys {
    std::string machine;  ///< "i-0abc..."; "" where only the text was given
    std::vector<PublicHostKey> keys;
};

/// One line of a .pub file ("ssh-ed25519 AAAA... comment"): a key that is whole, of the type it
/// says, and of a kind that sshd still uses (ed25519, ecdsa, RSA of at least 2,048 bits). The
/// comment is dropped.
[[nodiscard]] Result<PublicHostKey> parse_host_key(std::string_view line);

/// The host keys between cloud-init's marks in a console's text. Lines of the kernel between them
/// are left out, and so are keys of other kinds (DSA). Errors, since a guess here is worse than a
/// refusal: no marks, a fingerprint only, a block that does not end, two blocks that differ, a key
/// that is broken or stands there twice, none at all, more than 1 MiB. Pure.
[[nodiscard]] Result<std::vector<PublicHostKey>> keys_of_console(std::string_view text);

/// Consoles as they are given to `init`: a console's text, or JSON documents as `aws ec2
/// get-console-output` prints them, one after the other, each with its "InstanceId". `file` is for
/// messages.
[[nodiscard]] Result<std::vector<ConsoleKeys>> parse_consoles(std::string const& file,
                                                              std::string_view text);

/// The lines of a known_hosts file for these nodes. Errors: a node without a key (nobody could log
/// in there), and one key for two nodes (made once, in an image that both come from: whoever has
/// one of them can pose as the other). Pure.
[[nodiscard]] Result<std::string> known_hosts_text(
    std::vector<FoundNode> const& nodes,
    std::map<std::string, std::vector<PublicHostKey>> const& keys_by_node);

}  // namespace interregnum
