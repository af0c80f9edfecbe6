// SPDX-License-Identifier: MIT
#include "harness/lab/network.h"

#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/process.h"
#include "harness/lab/files.h"
#include "harness/lab/lab.h"

namespace interregnum {
namespace {

std::string line_name(LabNode const& node) { return "to-" + std::string(node.name); }

std::string hardware_address(LabNode const& node) {
    auto const last_dot = node.address.rfind('.');
    int const host = std::stoi(std::string(node.address.substr(last_dot + 1)));
    return fmt::format("02:00:0a:63:00:{:02x}", host);
}

/// A namespace that lasts without processes, where `ip netns` finds it too. (`ip netns add`
/// would also leave a mount on /run/netns itself behind.)
Status make_netns(std::string const& name, std::stop_token stop) {
    if (Status made = make_folder("/run/netns"); !made) return made;
    std::string const path = netns_path(name);
    int const fd = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0444);
    if (fd < 0) return fail_errno("cannot make " + path);
    close(fd);
    auto made = check_local({.argv = {"unshare", "--net=" + path, "true"}}, std::move(stop));
    if (!made) return fail_in("cannot make a network namespace", made.error());
    return {};
}

/// Removes a namespace's name where its mount is there twice. Whoever calls `ip netns add` for the
/// first time on a machine mounts /run/netns on itself, with everything mounted in it. Then each of
/// our names is a mount in that mount, and once more below it where no path leads, so that it can
/// be neither unmounted nor removed ("Device or resource busy"). In a mount namespace of our own,
/// which nobody else sees, the upper mount is taken away and the file removed; the kernel then
/// drops every mount on it, in all mount namespaces. The owner's own namespaces stay as they are.
Status remove_hidden_netns(std::string const& path) {
    constexpr char const* script = R"sh(
while umount -l /run/netns 2>/dev/null; do :; done
while umount -l "$1" 2>/dev/null; do :; done
rm -f -- "$1"
)sh";
    auto removed = check_local({.argv = {"unshare", "--mount", "--propagation", "private", "sh",
                                         "-c", script, "sh", path}});
    if (!removed) return fail_in("cannot remove " + path, removed.error());
    return {};
}

Status remove_netns(std::string const& name) {
    std::string const path = netns_path(name);
    // Once a mount: a run that was killed half-way may have left two.
    while (umount2(path.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) == 0) {
    }
    if (unlink(path.c_str()) != 0 && errno != ENOENT) {
        if (errno != EBUSY) return fail_errno("cannot remove " + path);
        if (Status removed = remove_hidden_netns(path); !removed) return removed;
    }
    rmdir("/run/netns");  // stays when it holds somebody else's
    return {};
}

Status ip_batch(std::string const& netns, std::string lines, std::stop_token stop) {
    auto done = check_local({.argv = {"ip", "-n", netns, "-batch", "-"}, .input = std::move(lines)},
                            std::move(stop));
    if (!done) return std::unexpected(done.error());
    return {};
}

bool netns_exists(std::string_view name) { return access(netns_path(name).c_str(), F_OK) == 0; }

}  // namespace

Status make_switch(std::stop_token stop) {
    std::string const netns(lab_switch_netns);
    if (Status made = make_netns(netns, stop); !made) return made;
    return ip_batch(netns,
                    fmt::format("link set lo up\n"
                                "link add lab0 type bridge\n"
                                "address add {}/24 dev lab0\n"
                                "link set lab0 up\n",
                                lab_controller_address),
                    stop);
}

Status plug_in(LabNode const& node, std::stop_token stop) {
    std::string const netns = lab_unit(node);
    if (Status made = make_netns(netns, stop); !made) return made;
    if (Status plugged =
            ip_batch(std::string(lab_switch_netns),
                     fmt::format("link add {0} type veth peer name eth0 address {1} netns {2}\n"
                                 "link set {0} master lab0 up\n",
                                 line_name(node), hardware_address(node), netns),
                     stop);
        !plugged)
        return plugged;
    return ip_batch(netns,
                    fmt::format("link set lo up\n"
                                "address add {}/24 dev eth0\n"
                                "link set eth0 up\n",
                                node.address),
                    stop);
}

Status cut_line(LabNode const& node) {
    auto cut = check_local({.argv = {"ip", "-n", std::string(lab_switch_netns), "link", "set",
                                     line_name(node), "down"}});
    if (!cut) return fail_in("cannot cut the line of " + std::string(node.name), cut.error());
    return {};
}

Status unplug(LabNode const& node) {
    // The line goes by name, not with the namespace: connections that the dead node left
    // half-closed can hold the namespace for minutes.
    if (netns_exists(lab_switch_netns)) {
        auto gone = run_local({.argv = {"ip", "-n", std::string(lab_switch_netns), "link", "delete",
                                        line_name(node)}});
        if (!gone) return std::unexpected(gone.error());
    }
    return remove_netns(lab_unit(node));
}

Status remove_switch() { return remove_netns(std::string(lab_switch_netns)); }

Status enter_lab_network() {
    std::string const path = netns_path(lab_switch_netns);
    int const fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return fail_errno("the lab's network is not there (is the lab up?): " + path);
    Status entered;
    if (setns(fd, CLONE_NEWNET) != 0) entered = fail_errno("cannot enter the lab's network");
    close(fd);
    return entered;
}

}  // namespace interregnum
