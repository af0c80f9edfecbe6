// SPDX-License-Identifier: MIT
#include "harness/faults/support/needs.h"

#include <algorithm>

namespace interregnum {

std::vector<Need> const& all_needs() {
    static std::vector<Need> const needs{
        {.name = "systemd",
         .what = "systemd runs the services",
         .probe = "[ -d /run/systemd/system ] && command -v systemctl >/dev/null",
         .remedy = "only machines that systemd booted can be told to stop a service"},
        {.name = "freezer",
         .what = "a service's processes can be frozen (cgroup v2 freezer)",
         .probe = "ls /sys/fs/cgroup/*/cgroup.freeze /sys/fs/cgroup/unified/*/cgroup.freeze "
                  "2>/dev/null | grep -q .",
         .remedy = "boot with systemd.unified_cgroup_hierarchy=1 (the default since Debian 11)"},
        {.name = "nft",
         .what = "nftables rules can be set",
         .probe = "command -v nft >/dev/null && "
                  "echo 'add table inet interregnum_probe' | nft -c -f - 2>/dev/null",
         .remedy = "apt-get install nftables; in a container it also needs CAP_NET_ADMIN"},
        {.name = "ss",
         .what = "connections can be listed",
         .probe = "command -v ss >/dev/null && ss -tnH state established >/dev/null 2>&1",
         .remedy = "apt-get install iproute2"},
        {.name = "htb",
         .what = "packets can be shaped (tc and sch_htb)",
         .probe = "command -v tc >/dev/null && command -v ip >/dev/null && "
                  "ip link add interregnum-h type veth peer name interregnum-i 2>/dev/null && "
                  "{ tc qdisc add dev interregnum-h root htb 2>/dev/null; can=$?; "
                  "ip link del interregnum-h; [ $can = 0 ]; }",
         .remedy = "install the package with the kernel's extra modules (sch_htb)"},
        {.name = "netem",
         .what = "packets can be delayed (tc and sch_netem)",
         .probe = "command -v tc >/dev/null && command -v ip >/dev/null && "
                  "ip link add interregnum-n type veth peer name interregnum-o 2>/dev/null && "
                  "{ tc qdisc add dev interregnum-n root netem delay 1ms 2>/dev/null; can=$?; "
                  "ip link del interregnum-n; [ $can = 0 ]; }",
         .remedy = "install the package with the kernel's extra modules (sch_netem)"},
        {.name = "patronictl",
         .what = "patronictl is there, and Patroni's configuration is readable",
         .probe = "command -v patronictl >/dev/null && pgrep -f patroni >/dev/null",
         .remedy = "install Patroni's client on the database nodes"},
        {.name = "psql",
         .what = "psql can be run as PostgreSQL's own user",
         .probe = "pm=$(pgrep -o -x 'postgres|postmaster') && exe=$(readlink \"/proc/$pm/exe\") && "
                  "command -v runuser >/dev/null && "
                  "{ [ -x \"${exe%/*}/psql\" ] || command -v psql >/dev/null; }",
         .remedy = "PostgreSQL must run there; install its client (postgresql-client)"},
        {.name = "redis-cli",
         .what = "redis-cli is there",
         .probe = "command -v redis-cli >/dev/null",
         .remedy = "apt-get install redis-tools"},
        {.name = "perl",
         .what = "perl can talk to a local socket",
         .probe = "perl -MSocket -e 1 2>/dev/null",
         .remedy = "apt-get install perl-base"},
        {.name = "set_clock",
         .what = "the clock can be set (CAP_SYS_TIME, and a clock of its own)",
         .probe = "! systemd-detect-virt --container --quiet 2>/dev/null && "
                  "caps=$(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status) && "
                  "[ $((0x$caps >> 25 & 1)) = 1 ]",  // asked, not tried: no clock is set here
         .remedy = "a container shares its host's clock: use a machine"},
        {.name = "cpu_quota",
         .what = "a service's processor time can be limited (cgroup v2 cpu)",
         .probe = "grep -qw cpu /sys/fs/cgroup/cgroup.controllers 2>/dev/null",
         .remedy = "the cpu controller must be on cgroup v2"},
        {.name = "memory_limit",
         .what = "a service's memory can be limited (cgroup v2 memory)",
         .probe = "grep -qw memory /sys/fs/cgroup/cgroup.controllers 2>/dev/null",
         .remedy = "the memory controller must be on cgroup v2"},
        {.name = "io_limit",
         .what = "a service's disk traffic can be limited (cgroup v2 io)",
         .probe = "grep -qw io /sys/fs/cgroup/cgroup.controllers 2>/dev/null",
         .remedy = "the io controller must be on cgroup v2"},
        {.name = "fsfreeze",
         .what = "a file system can be frozen",
         .probe = "command -v fsfreeze >/dev/null",
         .remedy = "apt-get install util-linux"},
    };
    return needs;
}

Need const* find_need(std::string_view name) {
    auto const found = std::ranges::find(all_needs(), name, &Need::name);
    return found == all_needs().end() ? nullptr : &*found;
}

}  // namespace interregnum
