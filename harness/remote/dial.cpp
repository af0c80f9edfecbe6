// SPDX-License-Identifier: MIT
#include "harness/remote/dial.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

namespace interregnum {
namespace {

struct Address {
    sockaddr_storage storage{};
    socklen_t size{};
};

/// What a lookup found; shared with its thread, which may outlive the one who asked.
struct Lookup {
    std::mutex mutex;
    int error{EAI_AGAIN};
    std::vector<Address> addresses;
    UniqueFd done{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
};

int look_up(std::string const& host, std::uint16_t port, int flags, std::vector<Address>& found) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV | flags;
    addrinfo* list = nullptr;
    int const error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
    if (error != 0) return error;
    std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> const owner(list, &::freeaddrinfo);
    constexpr std::size_t most = 8;
    for (addrinfo const* one = list; one != nullptr && found.size() < most; one = one->ai_next) {
        Address address;
        if (one->ai_addrlen > sizeof address.storage) continue;
        std::memcpy(&address.storage, one->ai_addr, one->ai_addrlen);
        address.size = one->ai_addrlen;
        found.push_back(address);
    }
    return 0;
}

// getaddrinfo cannot be given a deadline, so a name is looked up by a thread that is left behind
// when it takes too long: the resolver's own timeouts end it. (getaddrinfo_a would use threads
// that were started in another network namespace.)
Result<std::vector<Address>> resolve(std::string const& host, std::uint16_t port,
                                     Waiter const& waiter) {
    std::vector<Address> numeric;
    if (look_up(host, port, AI_NUMERICHOST, numeric) == 0) return numeric;
    auto const shared = std::make_shared<Lookup>();
    std::thread([shared, host, port] {
        std::vector<Address> found;
        int const error = look_up(host, port, 0, found);
        std::scoped_lock const lock(shared->mutex);
        shared->error = error;
        shared->addresses = std::move(found);
        ::eventfd_write(shared->done.value(), 1);
    }).detach();
    std::string const doing = fmt::format("looking up the name {}", host);
    if (Wake const wake = waiter.wait(shared->done.value(), POLLIN); wake != Wake::ready)
        return std::unexpected(wake_error(wake, Error::Kind::unreachable, doing));
    std::scoped_lock const lock(shared->mutex);
    if (shared->error != 0)
        return fail(Error::Kind::unreachable,
                    fmt::format("{}: {}", doing, ::gai_strerror(shared->error)));
    return shared->addresses;
}

void set_option(int fd, int level, int option, int value) {
    // An option this kernel lacks makes the connection less prompt, not wrong.
    ::setsockopt(fd, level, option, &value, sizeof value);
}

void tune(int fd) {
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 5);
    set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, 2);
    set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
    set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 11'000);  // milliseconds; the same when sending
}

Result<UniqueFd> dial_one(Address const& address, Waiter const& waiter, Instant until) {
    UniqueFd fd(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd.valid())
        return fail(Error::Kind::unreachable, fmt::format("socket: {}", std::strerror(errno)));
    tune(fd.value());
    auto const* generic = reinterpret_cast<sockaddr const*>(&address.storage);
    if (::connect(fd.value(), generic, address.size) == 0) return fd;
    if (errno != EINPROGRESS) return fail(Error::Kind::unreachable, std::strerror(errno));
    Wake const wake = waiter.wait(fd.value(), POLLOUT, until);
    if (wake != Wake::ready)
        return std::unexpected(wake_error(wake, Error::Kind::unreachable, "connecting"));
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(fd.value(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return fail(Error::Kind::unreachable, std::strerror(error));
    return fd;
}

}  // namespace

Result<UniqueFd> dial(std::string const& host, std::uint16_t port, Waiter const& waiter) {
    auto const addresses = resolve(host, port, waiter);
    if (!addresses) return std::unexpected(addresses.error());
    Error last{.kind = Error::Kind::unreachable, .message = "the name has no address"};
    for (std::size_t i = 0; i < addresses->size(); ++i) {
        // A fair share of what is left, so that a dead first address does not use up the rest.
        Instant const now = SteadyClock().now();
        Duration const left = waiter.deadline() - now;
        Instant const until = now + left / static_cast<Duration::rep>(addresses->size() - i);
        auto fd = dial_one((*addresses)[i], waiter, until);
        if (fd || fd.error().kind == Error::Kind::stopped) return fd;
        last = fd.error();
    }
    return std::unexpected(std::move(last));
}

}  // namespace interregnum
