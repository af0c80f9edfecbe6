// SPDX-License-Identifier: MIT
#include "harness/lab/wire.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <charconv>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/lab/files.h"

namespace interregnum {
namespace {

class Socket {
public:
    Socket() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {}
    ~Socket() {
        if (fd_ >= 0) close(fd_);
    }
    Socket(Socket const&) = delete;
    Socket& operator=(Socket const&) = delete;
    [[nodiscard]] int fd() const { return fd_; }

private:
    int fd_;
};

std::string where(Question const& question) {
    return question.address + ":" + std::to_string(question.port);
}

Status wait_for(int fd, short events, Instant limit, Question const& question) {
    auto const left = std::chrono::ceil<std::chrono::milliseconds>(
        limit - std::chrono::time_point_cast<Duration>(std::chrono::steady_clock::now()));
    pollfd waited{.fd = fd, .events = events, .revents = 0};
    if (left.count() <= 0 || poll(&waited, 1, static_cast<int>(left.count())) <= 0)
        return fail(Error::Kind::timeout, where(question) + " does not answer");
    return {};
}

Status connect_to(Socket const& socket, Question const& question, Instant limit) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(question.port);
    if (inet_pton(AF_INET, question.address.c_str(), &to.sin_addr) != 1)
        return fail(Error::Kind::invalid, "no address: " + question.address);
    if (connect(socket.fd(), std::bit_cast<sockaddr const*>(&to), sizeof to) == 0) return {};
    if (errno != EINPROGRESS) return fail_errno(where(question));
    if (Status ready = wait_for(socket.fd(), POLLOUT, limit, question); !ready) return ready;
    socklen_t size = sizeof errno;
    int error = 0;
    getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error == 0) return {};
    errno = error;
    return fail_errno(where(question));
}

/// HAProxy sends its statistics in chunks even to an HTTP/1.0 client.
std::string join_chunks(std::string_view body) {
    std::string joined;
    while (true) {
        std::size_t size{};
        auto const read = std::from_chars(body.data(), body.data() + body.size(), size, 16);
        auto const line = body.find("\r\n");
        if (read.ec != std::errc() || size == 0 || line == std::string_view::npos) return joined;
        body.remove_prefix(line + 2);
        joined += body.substr(0, size);
        body.remove_prefix(std::min(body.size(), size + 2));
    }
}

}  // namespace

Result<std::string> ask(Question const& question) {
    Instant const limit =
        std::chrono::time_point_cast<Duration>(std::chrono::steady_clock::now()) + question.timeout;
    Socket const socket;
    if (socket.fd() < 0) return fail_errno("socket");
    if (Status ready = connect_to(socket, question, limit); !ready)
        return std::unexpected(ready.error());
    // Questions are short: they fit the empty send buffer of a fresh socket.
    ssize_t const sent =
        send(socket.fd(), question.text.data(), question.text.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(question.text.size())) return fail_errno(where(question));
    std::string answer;
    std::array<char, 16384> chunk{};
    while (true) {
        if (Status ready = wait_for(socket.fd(), POLLIN, limit, question); !ready)
            return std::unexpected(ready.error());
        ssize_t const got = recv(socket.fd(), chunk.data(), chunk.size(), 0);
        if (got == 0) return answer;
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (got < 0) return fail_errno(where(question));
        answer.append(chunk.data(), static_cast<std::size_t>(got));
        if (question.enough && question.enough(answer)) return answer;
        if (answer.size() > (1U << 20U))
            return fail(Error::Kind::protocol, where(question) + " talks too much");
    }
}

Result<std::string> http_get(std::string const& address, std::uint16_t port,
                             std::string const& path) {
    auto const answer = ask({.address = address,
                             .port = port,
                             .text = "GET " + path + " HTTP/1.0\r\nHost: " + address + "\r\n\r\n"});
    if (!answer) return answer;
    auto const body = answer->find("\r\n\r\n");
    auto const status = answer->find(" 200 ");
    if (body == std::string::npos || status == std::string::npos || status > 12)
        return fail(Error::Kind::protocol, address + ":" + std::to_string(port) + path +
                                               " answers \"" +
                                               answer->substr(0, answer->find("\r\n")) + "\"");
    bool const chunked = answer->substr(0, body).find("chunked") != std::string::npos;
    return chunked ? join_chunks(std::string_view(*answer).substr(body + 4))
                   : answer->substr(body + 4);
}

}  // namespace interregnum
