// SPDX-License-Identifier: MIT
#include "harness/remote/forwards.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/base/log.h"
#include "harness/base/process.h"
#include "harness/remote/dial.h"
#include "harness/remote/openssh.h"
#include "harness/remote/waiter.h"

namespace interregnum {

using namespace std::chrono_literals;

namespace {

constexpr Duration opening_limit = 10s;
constexpr Duration look_again = 50ms;
constexpr Duration restart_pause = 1s;
constexpr std::string_view loopback = "127.0.0.1";
/// tcpmux: nobody has listened there for decades.
constexpr std::uint16_t closed_port = 1;

/// A port of the loopback that is free now. Somebody may take it before ssh does, which then says
/// so and ends.
std::uint16_t free_port() {
    UniqueFd const socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    // The cast is the socket interface's own.
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket.value(), generic, size) != 0) return 0;
    if (::getsockname(socket.value(), generic, &size) != 0) return 0;
    return ntohs(address.sin_port);
}

/// What comes first through a forward: bytes, the end of the stream, or nothing in time.
enum class First { bytes, end, nothing };

First first_through(std::uint16_t port, Instant deadline, std::stop_token const& stop) {
    Waiter const waiter(deadline, stop);
    auto const socket = dial(std::string(loopback), port, waiter);
    if (!socket) return First::nothing;
    if (waiter.wait(socket->value(), POLLIN) != Wake::ready) return First::nothing;
    std::array<char, 16> buffer{};
    return ::recv(socket->value(), buffer.data(), buffer.size(), MSG_DONTWAIT) > 0 ? First::bytes
                                                                                   : First::end;
}

}  // namespace

struct Forwards::State {
    SshTarget via;
    std::vector<PortForward> ports;  ///< ours, then the node's own sshd, then its closed port
    std::mutex mutex;
    std::optional<ChildProcess> child;
    std::string said;
    std::jthread keeper;

    Status start() {
        auto const words = openssh_forward_arguments(via, ports);
        if (!words) return std::unexpected(words.error());
        auto started =
            ChildProcess::start({.argv = *words, .environment = {"SSH_ASKPASS_REQUIRE=never"}});
        if (!started)
            return fail(started.error().kind, started.error().message +
                                                  "; \"via\" needs the system's ssh (package "
                                                  "openssh-client), whatever ssh.transport says");
        std::scoped_lock const lock(mutex);
        child.emplace(*std::move(started));
        said.clear();
        return {};
    }

    /// Reads what it says, so that it never waits for us; true when it has ended.
    bool ended() {
        constexpr std::size_t most = 4096;
        std::scoped_lock const lock(mutex);
        std::array<char, 4096> buffer{};
        for (int const stream : {child->output(), child->errors()}) {
            ssize_t got = ::read(stream, buffer.data(), buffer.size());
            for (; got > 0; got = ::read(stream, buffer.data(), buffer.size()))
                if (said.size() < most) said.append(buffer.data(), static_cast<std::size_t>(got));
        }
        return child->exit_status().has_value();
    }

    /// Makes the session again when it has ended. The threads of the caller's network: a thread
    /// that enters another one later does not take this one with it.
    void keep(std::stop_token const& stop) {
        SteadyClock clock;
        while (clock.sleep_for(look_again, stop)) {
            if (!ended()) continue;
            log::warn("forward.ended", fmt::format("through {}: {}", via.node, said));
            if (!clock.sleep_for(restart_pause, stop)) return;
            if (Status const again = start(); !again)
                log::warn("forward.restart", again.error().message);
        }
    }
};

Forwards::Forwards(std::unique_ptr<State> state) : state_(std::move(state)) {}

Forwards::~Forwards() = default;

std::uint16_t Forwards::port(std::size_t index) const { return state_->ports[index].local_port; }

Result<std::unique_ptr<Forwards>> Forwards::open(SshTarget via, std::vector<ForwardTarget> targets,
                                                 std::stop_token stop) {
    auto state = std::make_unique<State>();
    std::string const where = fmt::format("SSH forward through {}", via.node);
    targets.push_back({.host = std::string(loopback), .port = via.port});
    targets.push_back({.host = std::string(loopback), .port = closed_port});
    state->via = std::move(via);
    for (ForwardTarget const& target : targets)
        state->ports.push_back(
            {.local_port = free_port(), .host = target.host, .port = target.port});
    std::uint16_t const own_sshd = state->ports[targets.size() - 2].local_port;
    std::uint16_t const refused = state->ports[targets.size() - 1].local_port;
    if (Status const started = state->start(); !started) return fail_in(where, started.error());

    // Its own sshd says hello first, which shows that forwarding is allowed there.
    SteadyClock clock;
    Instant const deadline = clock.now() + opening_limit;
    First first = First::nothing;
    while (first == First::nothing && clock.now() < deadline) {
        if (state->ended()) return fail_in(where, openssh_error(state->via, state->said));
        first = first_through(own_sshd, std::min(deadline, clock.now() + 3s), stop);
        if (first == First::nothing && !clock.sleep_for(look_again, stop))
            return fail_in(where, {.kind = Error::Kind::stopped, .message = "stopped"});
    }
    if (first == First::end)
        return fail(Error::Kind::refused,
                    where +
                        ": the node's sshd does not let it through; it has to allow TCP "
                        "forwarding to this login (AllowTcpForwarding, PermitOpen)");
    if (first == First::nothing)
        return fail(Error::Kind::unreachable, where + ": nothing came through within 10 s");

    std::array<Duration, 5> taken{};
    for (Duration& each : taken) {
        Instant const asked = clock.now();
        static_cast<void>(first_through(refused, asked + 1s, stop));
        each = clock.now() - asked;
    }
    std::ranges::sort(taken);
    state->keeper =
        std::jthread([kept = state.get()](std::stop_token const& token) { kept->keep(token); });
    std::unique_ptr<Forwards> forwards(new Forwards(std::move(state)));
    forwards->delay_ = taken[taken.size() / 2];
    return forwards;
}

}  // namespace interregnum
