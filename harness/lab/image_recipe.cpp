// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/lab/image.h"

namespace interregnum {
namespace {

/// To be raised when `image_finish.cpp` changes: the recipe's other parts speak for themselves.
constexpr int finish_version = 1;

}  // namespace

std::vector<std::string> const& image_packages() {
    static std::vector<std::string> const packages{
        // dbus: `systemctl freeze` and `systemctl` without root go through it.
        "systemd",       "systemd-sysv", "dbus",           "openssh-server", "sudo",
        "iproute2",      "nftables",     "procps",         "iputils-ping",   "e2fsprogs",
        "curl",          "etcd-server",  "etcd-client",    "patroni",        "python3-etcd",
        "postgresql-15", "redis-server", "redis-sentinel", "redis-tools",    "haproxy"};
    return packages;
}

std::vector<std::string> const& image_masked_units() {
    static std::vector<std::string> const units{
        // Patroni starts PostgreSQL, faults bring their own nft rules, the lab sets the network.
        "postgresql.service", "nftables.service", "systemd-networkd.service",
        "systemd-networkd-wait-online.service", "systemd-timesyncd.service",
        "systemd-resolved.service",
        // Consoles and housekeeping of machines with disks.
        "getty@.service", "console-getty.service", "getty.target", "systemd-firstboot.service",
        "systemd-logind.service", "systemd-pstore.service", "e2scrub_reap.service",
        "e2scrub_all.timer", "fstrim.timer", "apt-daily.timer", "apt-daily-upgrade.timer",
        "dpkg-db-backup.timer"};
    return units;
}

std::string image_recipe() {
    return fmt::format("bookworm finish={} run={} shm={}\n{}\n{}\n", finish_version, node_run_bytes,
                       node_shm_bytes, fmt::join(image_packages(), " "),
                       fmt::join(image_masked_units(), " "));
}

std::string image_name(std::string_view recipe) {
    // FNV-1a: it tells recipes apart; nobody attacks it.
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (char const c : recipe) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100000001b3U;
    }
    return fmt::format("image-{:016x}", hash);
}

}  // namespace interregnum
