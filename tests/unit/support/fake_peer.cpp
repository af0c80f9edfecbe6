// SPDX-License-Identifier: MIT
#include "tests/unit/support/fake_peer.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <iterator>
#include <mutex>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace interregnum::test {
namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/// The socket calls take every kind of address as this one.
sockaddr* plain(sockaddr_in& address) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the interface of the kernel
    return reinterpret_cast<sockaddr*>(&address);
}

int listen_on_loopback(int backlog, std::uint16_t& port) {
    int const listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (listener < 0 || bind(listener, plain(address), size) != 0 ||
        listen(listener, backlog) != 0 || getsockname(listener, plain(address), &size) != 0)
        throw std::runtime_error("the loopback gives no socket");
    port = ntohs(address.sin_port);
    return listener;
}

bool readable(int socket, std::stop_token const& stop) {
    constexpr int slice_ms = 10;
    while (!stop.stop_requested()) {
        pollfd polled{.fd = socket, .events = POLLIN, .revents = 0};
        if (poll(&polled, 1, slice_ms) > 0) return true;
    }
    return false;
}

std::string big_endian(std::uint32_t value, int bytes) {
    std::string text;
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
        text += static_cast<char>((value >> static_cast<unsigned>(shift)) & 0xFFU);
    return text;
}

}  // namespace

FakePeer::FakePeer(Script script) : listener_(listen_on_loopback(64, port_)) {
    thread_ = std::jthread([this, script = std::move(script)](std::stop_token const& stop) {
        while (readable(listener_, stop)) {
            int const accepted = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (accepted < 0) continue;
            script(accepted, stop);
            close(accepted);
        }
    });
}

FakePeer::~FakePeer() {
    thread_.request_stop();
    thread_.join();
    close(listener_);
}

BlackHole::BlackHole() : listener_(listen_on_loopback(0, port_)) {
    sockaddr_in address = loopback(port_);
    for (int& filler : fillers_) {
        filler = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (connect(filler, plain(address), sizeof address) != 0 && errno != EINPROGRESS)
            throw std::runtime_error("the loopback cannot be dialled");
    }
}

BlackHole::~BlackHole() {
    for (int const filler : fillers_) close(filler);
    close(listener_);
}

std::uint16_t closed_port() {
    std::uint16_t port = 0;
    close(listen_on_loopback(1, port));
    return port;
}

void send_all(int socket, std::string_view bytes) {
    static_cast<void>(send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL));
}

std::string take_bytes(int socket, std::stop_token const& stop) {
    std::array<char, 65536> buffer{};
    if (!readable(socket, stop)) return {};
    auto const count = recv(socket, buffer.data(), buffer.size(), 0);
    return count > 0 ? std::string(buffer.data(), static_cast<std::size_t>(count)) : std::string();
}

bool wait_for_bytes(int socket, std::stop_token const& stop) {
    return !take_bytes(socket, stop).empty();
}

void hold(std::stop_token const& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait(lock, stop, [] { return false; });
}

void reset_on_close(int socket) {
    linger const now{.l_onoff = 1, .l_linger = 0};
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

std::string pg_message(char type, std::string_view body) {
    std::string text(1, type);
    text += big_endian(static_cast<std::uint32_t>(body.size() + 4), 4);
    text += body;
    return text;
}

std::string pg_error(char type, std::string_view severity, std::string_view sqlstate,
                     std::string_view text, std::string_view function) {
    std::string body;
    auto const add = [&body](char code, std::string_view value) {
        body += code;
        body += value;
        body += '\0';
    };
    add('S', severity);
    add('V', severity);
    add('C', sqlstate);
    add('M', text);
    add('R', function);
    body += '\0';
    return pg_message(type, body);
}

std::string pg_row(std::string_view value, std::string_view tag) {
    constexpr std::uint32_t text_type = 25;
    std::string const description = big_endian(1, 2) + std::string("c\0", 2) + big_endian(0, 4) +
                                    big_endian(0, 2) + big_endian(text_type, 4) +
                                    big_endian(0xFFFF, 2) + big_endian(0xFFFFFFFF, 4) +
                                    big_endian(0, 2);
    std::string row = big_endian(1, 2) + big_endian(static_cast<std::uint32_t>(value.size()), 4);
    row += value;
    std::string end(tag);
    end += '\0';
    return pg_message('1', "") + pg_message('2', "") + pg_message('T', description) +
           pg_message('D', row) + pg_message('C', end);
}

std::string pg_ready() { return pg_message('Z', "I"); }

void pg_login(int socket, std::stop_token const& stop) {
    if (!wait_for_bytes(socket, stop)) return;
    send_all(socket, pg_message('R', big_endian(0, 4)) + pg_ready());
}

int open_files() {
    namespace fs = std::filesystem;
    return static_cast<int>(
        std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()));
}

}  // namespace interregnum::test
