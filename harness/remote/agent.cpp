// SPDX-License-Identifier: MIT
#include "harness/remote/agent.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "harness/remote/wire.h"

namespace interregnum {
namespace {

// Message numbers of draft-miller-ssh-agent section 5.1.
constexpr std::uint8_t request_identities = 11;
constexpr std::uint8_t identities_answer = 12;
constexpr std::uint8_t sign_request = 13;
constexpr std::uint8_t sign_response = 14;

constexpr std::size_t answer_limit = 256U << 10U;  // the limit of OpenSSH's agent

std::unexpected<Error> refuse(std::string_view what) {
    return fail(Error::Kind::refused, fmt::format("ssh agent: {}", what));
}

}  // namespace

Result<Agent> Agent::connect(std::string const& socket) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket.size() >= sizeof address.sun_path) return refuse("SSH_AUTH_SOCK is too long");
    std::memcpy(address.sun_path, socket.c_str(), socket.size());
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    auto const* generic = reinterpret_cast<sockaddr const*>(&address);
    if (!fd.valid() || ::connect(fd.value(), generic, sizeof address) != 0)
        return refuse(fmt::format("{}: {}", socket, std::strerror(errno)));
    return Agent(std::move(fd));
}

Status Agent::read_exactly(std::string& into, std::size_t size, Waiter const& waiter) {
    into.resize(size);
    std::size_t have = 0;
    while (have < size) {
        ssize_t const got = ::recv(fd_.value(), into.data() + have, size - have, 0);
        if (got > 0) {
            have += static_cast<std::size_t>(got);
        } else if (got < 0 && errno == EAGAIN) {
            if (Wake const wake = waiter.wait(fd_.value(), POLLIN); wake != Wake::ready)
                return std::unexpected(
                    wake_error(wake, Error::Kind::refused, "waiting for the ssh agent"));
        } else if (got == 0 || errno != EINTR) {
            return refuse("it closed the connection");
        }
    }
    return {};
}

Result<std::string> Agent::ask(std::string_view request, Waiter const& waiter) {
    std::string message;
    wire_string(message, request);
    std::string_view rest = message;
    while (!rest.empty()) {
        ssize_t const sent = ::send(fd_.value(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent > 0) {
            rest.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno == EAGAIN) {
            if (Wake const wake = waiter.wait(fd_.value(), POLLOUT); wake != Wake::ready)
                return std::unexpected(
                    wake_error(wake, Error::Kind::refused, "waiting for the ssh agent"));
        } else if (errno != EINTR) {
            return refuse("it closed the connection");
        }
    }
    std::string bytes;
    if (Status const read = read_exactly(bytes, 4, waiter); !read)
        return std::unexpected(read.error());
    std::uint32_t const size = WireReader(bytes).number().value_or(0);
    if (size == 0 || size > answer_limit) return refuse("its answer has an impossible length");
    if (Status const read = read_exactly(bytes, size, waiter); !read)
        return std::unexpected(read.error());
    return bytes;
}

Result<std::vector<Agent::Identity>> Agent::identities(Waiter const& waiter) {
    auto const answer = ask(std::string(1, static_cast<char>(request_identities)), waiter);
    if (!answer) return std::unexpected(answer.error());
    WireReader reader(*answer);
    if (reader.byte() != identities_answer) return refuse("it does not list its keys");
    std::uint32_t const count = std::min(reader.number().value_or(0), 64U);
    std::vector<Identity> found;
    for (std::uint32_t i = 0; i < count; ++i) {
        auto blob = reader.string();
        auto comment = reader.string();
        if (!blob || !comment) return refuse("its list of keys is damaged");
        std::string type = WireReader(*blob).string().value_or("");
        found.push_back(
            {.blob = *std::move(blob), .type = std::move(type), .comment = *std::move(comment)});
    }
    return found;
}

Result<std::string> Agent::sign(Identity const& key, std::string_view data, Waiter const& waiter) {
    std::string request(1, static_cast<char>(sign_request));
    wire_string(request, key.blob);
    wire_string(request, data);
    wire_number(request, 0);  // no flags
    auto const answer = ask(request, waiter);
    if (!answer) return std::unexpected(answer.error());
    WireReader reader(*answer);
    if (reader.byte() != sign_response)
        return refuse(fmt::format("it refused to sign with the key {}", key.comment));
    std::string const blob = reader.string().value_or("");
    WireReader signature(blob);
    auto const format = signature.string();
    auto const bytes = signature.string();
    if (!format || !bytes) return refuse("its signature is damaged");
    return *bytes;
}

}  // namespace interregnum
