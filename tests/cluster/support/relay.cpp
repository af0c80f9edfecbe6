// SPDX-License-Identifier: MIT
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <list>
#include <mutex>
#include <optional>
#include <thread>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/lab/layout.h"
#include "harness/remote/unique_fd.h"
#include "tests/cluster/support/known_outage.h"

namespace interregnum::test {
namespace {

sockaddr_in address_of(std::string_view host, std::uint16_t port) {
    sockaddr_in address{
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {}, .sin_zero = {}};
    ::inet_pton(AF_INET, std::string(host).c_str(), &address.sin_addr);
    return address;
}

UniqueFd listen_at(std::uint16_t port) {
    UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    int const on = 1;
    ::setsockopt(fd.value(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in const address = address_of(lab_controller_address, port);
    if (::bind(fd.value(), reinterpret_cast<sockaddr const*>(&address), sizeof address) != 0 ||
        ::listen(fd.value(), 1024) != 0)
        return {};
    return fd;
}

std::uint16_t port_of(UniqueFd const& fd) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(fd.value(), reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

/// Closed so, a socket sends a reset and no farewell (socket(7), SO_LINGER).
void reset(UniqueFd fd) {
    linger const at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd.value(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

struct Pair {
    UniqueFd customer;
    UniqueFd server;
};

class Relay final : public KnownOutage {
public:
    Relay(Endpoint server, OutageKind kind, UniqueFd listener, UniqueFd bell)
        : server_(std::move(server)),
          kind_(kind),
          port_(port_of(listener)),
          listener_(std::move(listener)),
          bell_(std::move(bell)),
          thread_([this](std::stop_token const& stop) { serve(stop); }) {}
    Relay(Relay const&) = delete;
    Relay& operator=(Relay const&) = delete;
    ~Relay() override {
        thread_.request_stop();
        ring();
    }

    [[nodiscard]] Endpoint way_in() const override {
        Endpoint relayed = server_;
        relayed.host = lab_controller_address;
        relayed.port = port_;
        return relayed;
    }
    Result<Switched> down() override { return to(true); }
    Result<Switched> up() override { return to(false); }

private:
    void ring() const {
        std::uint64_t const one = 1;
        static_cast<void>(::write(bell_.value(), &one, sizeof one));
    }

    Result<Switched> to(bool down) {
        std::unique_lock lock(mutex_);
        wanted_ = down;
        done_.reset();
        ring();
        if (!told_.wait_for(lock, std::chrono::seconds(2), [this] { return done_.has_value(); }))
            return fail(Error::Kind::timeout, "the relay did not switch within 2 s");
        return *done_;
    }

    void serve(std::stop_token const& stop) {
        // Whom it wakes must not run before it has switched. Refused: the switch takes longer.
        sched_param const urgent{.sched_priority = 1};
        static_cast<void>(::sched_setscheduler(0, SCHED_FIFO, &urgent));
        while (!stop.stop_requested()) {
            std::vector<pollfd> polled{{.fd = bell_.value(), .events = POLLIN, .revents = 0},
                                       {.fd = listener_.value(), .events = POLLIN, .revents = 0}};
            if (stalled_) polled.pop_back();
            for (Pair const& pair : pairs_) {
                if (stalled_) break;
                polled.push_back({.fd = pair.customer.value(), .events = POLLIN, .revents = 0});
                polled.push_back({.fd = pair.server.value(), .events = POLLIN, .revents = 0});
            }
            ::poll(polled.data(), polled.size(), 100);
            if (polled[0].revents != 0) obey();
            std::size_t index = 2;
            // Pairs that `obey` ended are gone; their descriptors are not to be used.
            if (polled[0].revents != 0 || polled.size() == 1) continue;
            for (auto pair = pairs_.begin(); pair != pairs_.end(); index += 2) {
                bool const good =
                    (polled[index].revents == 0 || pump(pair->customer, pair->server)) &&
                    (polled[index + 1].revents == 0 || pump(pair->server, pair->customer));
                pair = good ? std::next(pair) : pairs_.erase(pair);
            }
            if (polled[1].revents != 0) take();
        }
    }

    void obey() {
        std::uint64_t rung = 0;
        static_cast<void>(::read(bell_.value(), &rung, sizeof rung));
        std::scoped_lock const lock(mutex_);
        if (done_) return;
        Switched switched{.before = SteadyClock().now(), .after = {}};
        if (wanted_ && kind_ == OutageKind::refused) listener_ = {};
        if (wanted_ && kind_ == OutageKind::reset)
            for (Pair& pair : pairs_) reset(std::move(pair.customer));
        if (wanted_ && kind_ == OutageKind::reset) pairs_.clear();
        if (!wanted_ && !listener_.valid()) listener_ = listen_at(port_);
        resetting_ = wanted_ && kind_ == OutageKind::reset;
        stalled_ = wanted_ && kind_ == OutageKind::stall;
        switched.after = SteadyClock().now();
        done_ = switched;
        told_.notify_all();
    }

    void take() {
        for (int i = 0; i < 1024; ++i) {
            UniqueFd customer(::accept4(listener_.value(), nullptr, nullptr, SOCK_CLOEXEC));
            if (!customer.valid()) return;
            UniqueFd server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
            sockaddr_in const address = address_of(server_.host, server_.port);
            if (resetting_ || ::connect(server.value(), reinterpret_cast<sockaddr const*>(&address),
                                        sizeof address) != 0) {
                reset(std::move(customer));
                continue;
            }
            int const on = 1;
            for (UniqueFd const* fd : {&customer, &server})
                ::setsockopt(fd->value(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            pairs_.push_back({std::move(customer), std::move(server)});
        }
    }

    /// False when either end is done.
    static bool pump(UniqueFd const& from, UniqueFd const& to) {
        std::array<char, 16384> bytes{};
        ssize_t const got = ::recv(from.value(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (got < 0) return errno == EAGAIN || errno == EINTR;
        // Small messages into empty buffers: what does not fit at once is an end that has hung.
        return got > 0 && ::send(to.value(), bytes.data(), static_cast<std::size_t>(got),
                                 MSG_DONTWAIT | MSG_NOSIGNAL) == got;
    }

    Endpoint server_;
    OutageKind kind_;
    std::uint16_t port_;
    UniqueFd listener_;
    UniqueFd bell_;
    std::list<Pair> pairs_;
    bool resetting_{};
    bool stalled_{};
    std::mutex mutex_;
    std::condition_variable told_;
    bool wanted_{};
    std::optional<Switched> done_{Switched{}};
    std::jthread thread_;  // last: it uses the others
};

}  // namespace

Result<std::unique_ptr<KnownOutage>> relay(Endpoint const& server, OutageKind kind) {
    UniqueFd listener = listen_at(0);
    UniqueFd bell(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!listener.valid() || !bell.valid())
        return fail(Error::Kind::failed, fmt::format("no relay at {}: {}", lab_controller_address,
                                                     std::strerror(errno)));
    return std::make_unique<Relay>(server, kind, std::move(listener), std::move(bell));
}

}  // namespace interregnum::test
