// SPDX-License-Identifier: MIT
#include <array>
#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "harness/remote/unique_fd.h"
#include "tests/cluster/support/known_outage.h"

namespace interregnum::test {
namespace {

constexpr std::string_view device = "lab0";

/// Locally administered, and of no node: the switch finds nobody to give such frames to.
constexpr std::array<char, 6> nobody{0x02, 0x00, 0x5e, 0x10, 0x00, 0x01};

class Silence final : public KnownOutage {
public:
    Silence(Endpoint server, UniqueFd socket, arpreq known)
        : server_(std::move(server)), socket_(std::move(socket)), known_(known) {}
    Silence(Silence const&) = delete;
    Silence& operator=(Silence const&) = delete;
    ~Silence() override {
        // A dynamic entry again: the kernel asks anew, and nothing of ours is left.
        static_cast<void>(up());
        static_cast<void>(::ioctl(socket_.value(), SIOCDARP, &known_));
    }
    [[nodiscard]] Endpoint way_in() const override { return server_; }
    Result<Switched> down() override {
        arpreq wrong = known_;
        std::memcpy(wrong.arp_ha.sa_data, nobody.data(), nobody.size());
        return set(wrong);
    }
    Result<Switched> up() override { return set(known_); }

private:
    Result<Switched> set(arpreq entry) {
        entry.arp_flags = ATF_PERM | ATF_COM;
        Switched switched{.before = SteadyClock().now(), .after = {}};
        if (::ioctl(socket_.value(), SIOCSARP, &entry) != 0)
            return fail(Error::Kind::failed,
                        fmt::format("SIOCSARP of {}: {}", server_.host, std::strerror(errno)));
        switched.after = SteadyClock().now();
        return switched;
    }
    Endpoint server_;
    UniqueFd socket_;
    arpreq known_;
};

}  // namespace

Result<std::unique_ptr<KnownOutage>> silence(Endpoint const& server) {
    UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    arpreq entry{};
    sockaddr_in address{
        .sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {}, .sin_zero = {}};
    if (::inet_pton(AF_INET, server.host.c_str(), &address.sin_addr) != 1)
        return fail(Error::Kind::invalid, "not an IPv4 address: " + server.host);
    // One datagram (to discard) makes the kernel ask for the address that is to be replaced.
    static_cast<void>(::sendto(socket.value(), "", 1, MSG_DONTWAIT,
                               reinterpret_cast<sockaddr const*>(&address), sizeof address));
    std::memcpy(&entry.arp_pa, &address, sizeof address);
    device.copy(entry.arp_dev, sizeof entry.arp_dev - 1);
    Instant const deadline = SteadyClock().now() + std::chrono::seconds(2);
    while (::ioctl(socket.value(), SIOCGARP, &entry) != 0 || (entry.arp_flags & ATF_COM) == 0) {
        if (SteadyClock().now() > deadline ||
            !SteadyClock().sleep_for(std::chrono::milliseconds(10), {}))
            return fail(Error::Kind::timeout,
                        fmt::format("no hardware address of {} on {}: {}", server.host, device,
                                    std::strerror(errno)));
    }
    return std::make_unique<Silence>(server, std::move(socket), entry);
}

Result<std::unique_ptr<KnownOutage>> known_outage(OutageKind kind, Endpoint const& server) {
    return kind == OutageKind::silent ? silence(server) : relay(server, kind);
}

std::string_view name_of(OutageKind kind) {
    switch (kind) {
        case OutageKind::silent:
            return "silent drop";
        case OutageKind::reset:
            return "reset";
        case OutageKind::stall:
            return "stall";
        case OutageKind::refused:
            return "refused";
    }
    return "unknown";
}

}  // namespace interregnum::test
