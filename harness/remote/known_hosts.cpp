// SPDX-License-Identifier: MIT
#include "harness/remote/known_hosts.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <libssh2.h>

namespace interregnum {
namespace {

struct KeyType {
    char const* name;
    int mask;
};
// Best first: the order in which a host is asked for them.
constexpr std::array<KeyType, 5> key_types{{
    {.name = "ssh-ed25519", .mask = LIBSSH2_KNOWNHOST_KEY_ED25519},
    {.name = "ecdsa-sha2-nistp256", .mask = LIBSSH2_KNOWNHOST_KEY_ECDSA_256},
    {.name = "ecdsa-sha2-nistp384", .mask = LIBSSH2_KNOWNHOST_KEY_ECDSA_384},
    {.name = "ecdsa-sha2-nistp521", .mask = LIBSSH2_KNOWNHOST_KEY_ECDSA_521},
    {.name = "ssh-rsa", .mask = LIBSSH2_KNOWNHOST_KEY_SSHRSA},
}};

/// The mask of the type that a key blob names in its first string; 0 where none of ours.
int mask_of(std::string_view key) {
    for (KeyType const& type : key_types) {
        std::string_view const name = type.name;
        if (key.size() >= 4 + name.size() && key.substr(4, name.size()) == name &&
            static_cast<unsigned char>(key[3]) == name.size())
            return type.mask;
    }
    return 0;
}

/// How a host at a port is written in the file.
std::string entry_name(std::string const& host, std::uint16_t port) {
    return port == 22 ? host : fmt::format("[{}]:{}", host, port);
}

}  // namespace

/// libssh2's two collections. They need a session for its allocator only, so they have one that
/// is never connected, and live on their own.
struct KnownHosts::Lists {
    LIBSSH2_SESSION* session{libssh2_session_init()};
    LIBSSH2_KNOWNHOSTS* good{session != nullptr ? libssh2_knownhost_init(session) : nullptr};
    LIBSSH2_KNOWNHOSTS* revoked{session != nullptr ? libssh2_knownhost_init(session) : nullptr};

    Lists() = default;
    Lists(Lists const&) = delete;
    Lists& operator=(Lists const&) = delete;
    ~Lists() {
        if (good != nullptr) libssh2_knownhost_free(good);
        if (revoked != nullptr) libssh2_knownhost_free(revoked);
        if (session != nullptr) libssh2_session_free(session);
    }

    /// One of LIBSSH2_KNOWNHOST_CHECK_*. `name` is as the file writes it (port -1 keeps libssh2
    /// from adding one). A key type of 0 compares with all types.
    [[nodiscard]] static int check(LIBSSH2_KNOWNHOSTS* list, std::string const& name,
                                   std::string_view key, int type) {
        return libssh2_knownhost_checkp(
            list, name.c_str(), -1, key.data(), key.size(),
            LIBSSH2_KNOWNHOST_TYPE_PLAIN | LIBSSH2_KNOWNHOST_KEYENC_RAW | type, nullptr);
    }
};

Result<KnownHosts> KnownHosts::parse(std::string_view text, std::string file) {
    auto const lists = std::make_shared<Lists>();
    if (lists->good == nullptr || lists->revoked == nullptr)
        return fail(Error::Kind::refused, file + ": no memory to read it");
    int number = 0;
    while (!text.empty()) {
        ++number;
        std::size_t const end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        LIBSSH2_KNOWNHOSTS* list = lists->good;
        constexpr std::string_view revoked_mark = "@revoked";
        if (line.starts_with(revoked_mark)) {
            list = lists->revoked;
            line.remove_prefix(revoked_mark.size());
            line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        }
        if (line.find_first_not_of(" \t\r") == std::string_view::npos || line.starts_with('#') ||
            line.starts_with('@'))
            continue;
        std::string const copy(line);
        int const read = libssh2_knownhost_readline(list, copy.c_str(), copy.size(),
                                                    LIBSSH2_KNOWNHOST_FILE_OPENSSH);
        if (read != 0)
            return fail(Error::Kind::refused,
                        fmt::format("{}:{}: not a line of known_hosts (expected HOST TYPE KEY)",
                                    file, number));
    }
    return KnownHosts(std::move(file), lists);
}

Result<KnownHosts> KnownHosts::load(std::string const& file, bool must_exist) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        if (!must_exist) return parse("", file);
        return fail(Error::Kind::refused,
                    fmt::format("the file of host keys {} cannot be read: {}; ssh.host_keys of the "
                                "inventory names it (known_hosts lines, as ssh-keyscan prints "
                                "them; compare the keys with the servers')",
                                file, std::strerror(errno)));
    }
    constexpr std::size_t most = 4U << 20U;
    // In pieces: every session reads this file, most in a thread of their own, and a buffer for
    // the largest file would stay with each of these threads' heaps as long as the program lives.
    std::string text;
    std::array<char, 16'384> piece{};
    while (text.size() <= most) {
        in.read(piece.data(), piece.size());
        if (in.gcount() == 0) break;
        text.append(piece.data(), static_cast<std::size_t>(in.gcount()));
    }
    if (text.size() > most)
        return fail(Error::Kind::refused, fmt::format("{} is larger than 4 MiB", file));
    return parse(text, file);
}

KnownHosts::Match KnownHosts::check(std::string const& host, std::uint16_t port,
                                    std::string_view key) const {
    std::string const name = entry_name(host, port);
    int const type = mask_of(key);
    for (std::string const& one : {name, host})
        if (Lists::check(lists_->revoked, one, key, type) == LIBSSH2_KNOWNHOST_CHECK_MATCH)
            return Match::revoked;
    if (type == 0) return types(host, port).empty() ? Match::unknown : Match::other;
    switch (Lists::check(lists_->good, name, key, type)) {
        case LIBSSH2_KNOWNHOST_CHECK_MATCH:
            return Match::known;
        case LIBSSH2_KNOWNHOST_CHECK_MISMATCH:
            return Match::changed;
        default:
            break;
    }
    if (!types(host, port).empty()) return Match::other;
    // As OpenSSH: the key may be there for the host without its port, but such an entry is of
    // another server of that host, so that it cannot say "changed".
    if (Lists::check(lists_->good, host, key, type) == LIBSSH2_KNOWNHOST_CHECK_MATCH)
        return Match::known;
    return Match::unknown;
}

std::vector<std::string> KnownHosts::types(std::string const& host, std::uint16_t port) const {
    std::vector<std::string> found;
    std::string const name = entry_name(host, port);
    for (KeyType const& type : key_types) {
        // No host has this key, so that a mismatch means "has a key of that type".
        int const match = Lists::check(lists_->good, name, "x", type.mask);
        if (match == LIBSSH2_KNOWNHOST_CHECK_MISMATCH) found.emplace_back(type.name);
    }
    return found;
}

}  // namespace interregnum
