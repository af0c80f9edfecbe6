// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace interregnum {

/// An OpenSSH known_hosts file: plain and hashed names, [host]:port, @revoked keys. Patterns
/// with `*` and certificate authorities are not understood: their hosts count as unknown, which
/// refuses and never accepts.
class KnownHosts {
public:
    enum class Match {
        known,    ///< exactly this key is there for the host
        unknown,  ///< the host is not there
        changed,  ///< the host is there with another key of this type
        other,    ///< the host is there, but only with keys of other types
        revoked,  ///< this key is marked @revoked
    };

    /// Errors: `refused`, with what is wrong with which line. A line that cannot be read is an
    /// error rather than skipped: it might be the one that says a key is revoked.
    [[nodiscard]] static Result<KnownHosts> parse(std::string_view text, std::string file);

    /// Reads a file of at most 4 MiB. `must_exist` false: an absent file is an empty one.
    [[nodiscard]] static Result<KnownHosts> load(std::string const& file, bool must_exist);

    /// `key` is the raw key blob as sent by the host, its type named inside it. A port other
    /// than 22 is looked up as [host]:port; a bare entry of the host is good enough for `known`.
    [[nodiscard]] Match check(std::string const& host, std::uint16_t port,
                              std::string_view key) const;

    /// The SSH key types ("ssh-ed25519") that the file has for this host, best first.
    [[nodiscard]] std::vector<std::string> types(std::string const& host, std::uint16_t port) const;

    [[nodiscard]] std::string const& file() const { return file_; }

private:
    struct Lists;
    KnownHosts(std::string file, std::shared_ptr<Lists const> lists)
        : file_(std::move(file)), lists_(std::move(lists)) {}
    std::string file_;
    std::shared_ptr<Lists const> lists_;  // immutable: copies share it
};

}  // namespace interregnum
