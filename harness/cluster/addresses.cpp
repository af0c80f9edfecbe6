// SPDX-License-Identifier: MIT
#include "harness/cluster/addresses.h"

#include <array>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

namespace interregnum {
namespace {

/// A numeric address as the kernel has it, in 16 bytes; nullopt for a name.
std::optional<in6_addr> bytes_of(std::string_view text) {
    if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
    // inet_pton would stop at a NUL and never see what is behind it.
    if (text.size() >= INET6_ADDRSTRLEN || text.contains('\0')) return std::nullopt;
    std::string const terminated(text);
    in6_addr bytes{};
    if (inet_pton(AF_INET6, terminated.c_str(), &bytes) == 1) return bytes;
    in_addr four{};
    if (inet_pton(AF_INET, terminated.c_str(), &four) != 1) return std::nullopt;
    bytes = {};
    bytes.s6_addr[10] = bytes.s6_addr[11] = 0xFF;
    std::memcpy(&bytes.s6_addr[12], &four, sizeof four);
    return bytes;
}

/// Whether it is an IPv4 address, mapped.
bool is_four(in6_addr const& bytes) {
    constexpr std::array<unsigned char, 12> prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    return std::memcmp(&bytes, prefix.data(), prefix.size()) == 0;
}

std::string text_of(in6_addr const& bytes) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    bool const four = is_four(bytes);
    void const* const from = four ? &bytes.s6_addr[12] : bytes.s6_addr;
    inet_ntop(four ? AF_INET : AF_INET6, from, text.data(), static_cast<socklen_t>(text.size()));
    return text.data();
}

std::vector<std::string> addresses_of(std::string const& host) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    if (getaddrinfo(host.c_str(), nullptr, &hints, &list) != 0) return {};
    std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> const owner(list, &freeaddrinfo);
    constexpr std::size_t most = 16;
    std::vector<std::string> found;
    for (addrinfo const* one = list; one != nullptr && found.size() < most; one = one->ai_next) {
        std::array<char, NI_MAXHOST> text{};
        if (getnameinfo(one->ai_addr, one->ai_addrlen, text.data(),
                        static_cast<socklen_t>(text.size()), nullptr, 0, NI_NUMERICHOST) == 0)
            found.push_back(plain_address(text.data()));
    }
    return found;
}

/// What was found; shared with the threads, which may outlive the one who asked.
struct Lookups {
    std::mutex mutex;
    std::condition_variable_any came;
    std::size_t under_way{};
    std::map<std::string, std::vector<std::string>> found;
};

}  // namespace

std::string plain_address(std::string_view address) {
    if (auto const bytes = bytes_of(address)) return text_of(*bytes);
    std::string name(address);
    for (char& letter : name)
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    if (name.ends_with('.')) name.pop_back();
    return name;
}

bool is_numeric_address(std::string_view address) { return bytes_of(address).has_value(); }

bool is_loopback(std::string_view address) {
    auto const bytes = bytes_of(address);
    if (!bytes) return plain_address(address) == "localhost";
    if (is_four(*bytes)) return bytes->s6_addr[12] == 127;
    return std::memcmp(&*bytes, &in6addr_loopback, sizeof *bytes) == 0;
}

// getaddrinfo cannot be given a deadline, so each name is looked up by a thread that is left behind
// when it takes too long: the resolver's own timeouts end it.
std::map<std::string, std::vector<std::string>> look_up(std::set<std::string> const& hosts,
                                                        Duration patience,
                                                        std::stop_token const& stop) {
    if (hosts.empty()) return {};
    auto const shared = std::make_shared<Lookups>();
    shared->under_way = hosts.size();
    // A signal is for whoever waits for it: one that a thread left behind took would end the
    // program with faults in force.
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    for (std::string const& host : hosts)
        std::thread([shared, host] {
            std::vector<std::string> numeric = addresses_of(host);
            std::scoped_lock const lock(shared->mutex);
            if (!numeric.empty()) shared->found[host] = std::move(numeric);
            --shared->under_way;
            shared->came.notify_all();
        }).detach();
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    std::unique_lock lock(shared->mutex);
    static_cast<void>(
        shared->came.wait_for(lock, stop, patience, [&shared] { return shared->under_way == 0; }));
    return shared->found;
}

}  // namespace interregnum
