// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

namespace interregnum::test {

/// A TCP server on the loopback whose behaviour a test scripts: one call per accepted connection,
/// one at a time. The socket is closed when the script returns.
class FakePeer {
public:
    using Script = std::function<void(int socket, std::stop_token stop)>;

    explicit FakePeer(Script script);
    ~FakePeer();
    FakePeer(FakePeer const&) = delete;
    FakePeer& operator=(FakePeer const&) = delete;
    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    std::uint16_t port_{};
    int listener_{-1};
    std::jthread thread_;
};

/// A listening socket with a full queue: the kernel drops further SYNs, so connecting to it hangs
/// as it does when packets are dropped on the way.
class BlackHole {
public:
    BlackHole();
    ~BlackHole();
    BlackHole(BlackHole const&) = delete;
    BlackHole& operator=(BlackHole const&) = delete;
    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    std::uint16_t port_{};
    int listener_{-1};
    std::array<int, 4> fillers_{-1, -1, -1, -1};
};

/// A port of the loopback on which nobody listens.
[[nodiscard]] std::uint16_t closed_port();

void send_all(int socket, std::string_view bytes);
/// Reads at least one byte; "" at the end of the stream or when stopped.
[[nodiscard]] std::string take_bytes(int socket, std::stop_token const& stop);
/// The same; false for "".
bool wait_for_bytes(int socket, std::stop_token const& stop);
/// Waits until stopped.
void hold(std::stop_token const& stop);
/// Makes the close that follows a reset.
void reset_on_close(int socket);

/// Messages of PostgreSQL's protocol, version 3.
[[nodiscard]] std::string pg_message(char type, std::string_view body);
[[nodiscard]] std::string pg_error(char type, std::string_view severity, std::string_view sqlstate,
                                   std::string_view text, std::string_view function = "f");
/// One row with one text column, and the end of its command.
[[nodiscard]] std::string pg_row(std::string_view value, std::string_view tag);
[[nodiscard]] std::string pg_ready();
/// Takes the startup message and lets the client in.
void pg_login(int socket, std::stop_token const& stop);

/// How many file descriptors this process has open.
[[nodiscard]] int open_files();

}  // namespace interregnum::test
