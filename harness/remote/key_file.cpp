// SPDX-License-Identifier: MIT
#include "harness/remote/key_file.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/remote/base64.h"
#include "harness/remote/unique_fd.h"
#include "harness/remote/wire.h"

namespace interregnum {
namespace {

// The format is PROTOCOL.key of OpenSSH: magic, cipher, kdf, kdf options, number of keys, public
// key; then the private part, which is encrypted unless the cipher is "none".
Result<KeyFile> parse_openssh(KeyFile key, std::string_view body) {
    auto const not_a_key = [&key](std::string_view what) {
        return fail(Error::Kind::refused, fmt::format("key file {}: {}", key.path, what));
    };
    auto const bytes = base64_decode(body);
    constexpr std::string_view magic("openssh-key-v1\0", 15);
    if (!bytes || !bytes->starts_with(magic)) return not_a_key("its content is damaged");
    WireReader reader(std::string_view(*bytes).substr(magic.size()));
    auto const cipher = reader.string();
    auto const kdf = reader.string();
    auto const kdf_options = reader.string();
    auto const count = reader.number();
    auto const blob = reader.string();
    if (!cipher || !kdf || !kdf_options || count != 1 || !blob)
        return not_a_key("its content is damaged");
    key.encrypted = *cipher != "none";
    key.public_blob = *blob;
    key.type = WireReader(*blob).string().value_or("");
    return key;
}

}  // namespace

Result<KeyFile> parse_key_file(std::string path, std::string text) {
    KeyFile key{.path = std::move(path), .text = Secret(std::move(text))};
    std::string_view const all = key.text.reveal();
    constexpr std::string_view begin = "-----BEGIN ";
    constexpr std::string_view dashes = "-----";
    std::size_t const start = all.find(begin);
    std::size_t const label_end =
        start == std::string_view::npos ? start : all.find(dashes, start + begin.size());
    std::size_t const stop =
        label_end == std::string_view::npos ? label_end : all.find("-----END ", label_end);
    if (stop == std::string_view::npos) {
        bool const is_public = all.starts_with("ssh-") || all.starts_with("ecdsa-");
        return fail(Error::Kind::refused,
                    fmt::format("key file {}: not a private key{}", key.path,
                                is_public ? " but a public one; name the file without .pub" : ""));
    }
    std::string_view const label =
        all.substr(start + begin.size(), label_end - start - begin.size());
    std::string_view const body =
        all.substr(label_end + dashes.size(), stop - label_end - dashes.size());
    if (label == "OPENSSH PRIVATE KEY") return parse_openssh(std::move(key), body);
    if (!label.ends_with("PRIVATE KEY"))
        return fail(Error::Kind::refused,
                    fmt::format("key file {}: a {}, not a private key", key.path, label));
    if (label.starts_with("RSA")) key.type = "ssh-rsa";
    key.encrypted = label.starts_with("ENCRYPTED") || body.find("ENCRYPTED") != body.npos;
    return key;
}

Result<KeyFile> load_key_file(std::string const& path) {
    auto const refuse = [&path](std::string_view what) {
        return fail(Error::Kind::refused, fmt::format("key file {}: {}", path, what));
    };
    // Non-blocking, so that a FIFO in its place cannot hang us.
    UniqueFd const fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd.valid()) return refuse(std::strerror(errno));
    struct stat info{};
    if (::fstat(fd.value(), &info) != 0) return refuse(std::strerror(errno));
    if (!S_ISREG(info.st_mode)) return refuse("not a regular file");
    if (info.st_uid == ::geteuid() && (info.st_mode & 077U) != 0)
        return refuse(fmt::format("others can read it (mode {:04o}); make it private: chmod 600",
                                  info.st_mode & 07777U));
    constexpr std::size_t most = 64U << 10U;
    std::string text;
    std::array<char, 4096> part{};
    while (text.size() <= most) {
        ssize_t const got = ::read(fd.value(), part.data(), part.size());
        if (got < 0) return refuse(std::strerror(errno));
        if (got == 0) break;
        text.append(part.data(), static_cast<std::size_t>(got));
    }
    if (text.size() > most) return refuse("larger than 64 KiB, so not a key");
    return parse_key_file(path, std::move(text));
}

}  // namespace interregnum
