// SPDX-License-Identifier: MIT
#include "harness/lab/power.h"

#include <algorithm>
#include <array>

#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/base/nearest.h"
#include "harness/lab/files.h"
#include "harness/lab/lab.h"
#include "harness/lab/network.h"
#include "harness/lab/node_process.h"
#include "harness/lab/state.h"

namespace interregnum {
namespace {

Result<LabNode const*> node_of_running_lab(std::string_view name) {
    LabNode const* const node = find_lab_node(name);
    if (node == nullptr) {
        std::vector<std::string> names;
        names.reserve(lab_nodes().size());
        for (LabNode const& known : lab_nodes()) names.emplace_back(known.name);
        return fail(Error::Kind::invalid, "the lab has no node \"" + std::string(name) + "\"" +
                                              did_you_mean(name, names));
    }
    if (geteuid() != 0)
        return fail(Error::Kind::refused, "the lab's nodes need root (run it with sudo)");
    if (!read_lab_state())
        return fail(Error::Kind::not_found, "no lab is up: `interregnum lab up` first");
    return node;
}

/// systemd's own patience with a service that does not stop is 90 s.
constexpr auto stopping_limit = std::chrono::seconds(110);

/// Neither off nor on.
bool is_between(std::string_view name) {
    LabNode const* const node = find_lab_node(name);
    auto const running = node == nullptr ? std::nullopt : running_node(*node);
    if (!running) return false;
    // At the very end process 1 becomes systemd-shutdown, which answers no question.
    auto const program = read_file("/proc/" + std::to_string(running->init.pid) + "/comm");
    if (program && program->starts_with("systemd-shut")) return true;
    auto const said = lab_exec(
        name, {.argv = {"systemctl", "is-system-running"}, .timeout = std::chrono::seconds(5)});
    // Late in a shutdown, and early in a boot, nobody answers: that is not "on" either.
    constexpr std::array<std::string_view, 5> on{"initializing", "starting", "running", "degraded",
                                                 "maintenance"};
    return !said || std::ranges::none_of(
                        on, [&](std::string_view word) { return said->out.starts_with(word); });
}

}  // namespace

Status boot_from_disk(LabNode const& node) {
    if (running_node(node)) return {};
    // What a node that went down by itself (reboot, poweroff) left: its old network too, since
    // firewall rules and half-closed connections do not survive a power cycle.
    if (Status killed = kill_node(node); !killed) return killed;
    if (Status unplugged = unplug(node); !unplugged) return unplugged;
    if (Status plugged = plug_in(node, {}); !plugged) return plugged;
    auto const booted = boot_node(node, {});
    if (!booted) return std::unexpected(booted.error());
    return {};
}

Status lab_power_off(std::string_view name) {
    auto const node = node_of_running_lab(name);
    if (!node) return std::unexpected(node.error());
    auto const lock = LabLock::take();
    if (!lock) return std::unexpected(lock.error());
    if (!running_node(**node)) return {};
    // The line first: a server without power says no good-bye, but the kernel of a killed node
    // would close its connections, and its peers would know at once.
    if (Status cut = cut_line(**node); !cut) return cut;
    if (Status killed = kill_node(**node); !killed) return killed;
    return unplug(**node);
}

Status lab_power_on(std::string_view name) {
    auto const node = node_of_running_lab(name);
    if (!node) return std::unexpected(node.error());
    SteadyClock clock;
    Instant const limit = clock.now() + stopping_limit;
    // A node that is still stopping is neither on nor off. It is waited for, with the lock let
    // go: it may be stopping in order to boot again, which is the supervisor's business.
    while (is_between(name)) {
        if (clock.now() > limit)
            return fail(Error::Kind::timeout, std::string(name) + " does not finish stopping");
        clock.sleep_for(std::chrono::milliseconds(200), {});
    }
    auto const lock = LabLock::take();
    if (!lock) return std::unexpected(lock.error());
    return boot_from_disk(**node);
}

Result<std::vector<std::string>> lab_exec_prefix(std::string_view name) {
    auto const node = node_of_running_lab(name);
    if (!node) return std::unexpected(node.error());
    auto const running = running_node(**node);
    if (!running) return fail(Error::Kind::unreachable, std::string(name) + " is off");
    return std::vector<std::string>{"nsenter",
                                    "--target=" + std::to_string(running->init.pid),
                                    "--mount",
                                    "--uts",
                                    "--ipc",
                                    "--net",
                                    "--pid",
                                    "--cgroup",
                                    "--root",
                                    "--wd",
                                    "--",
                                    "env",
                                    "-i",
                                    "HOME=/root",
                                    "USER=root",
                                    "LANG=C.UTF-8",
                                    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
                                    "/sbin:/bin"};
}

Result<LocalResult> lab_exec(std::string_view node, LocalCommand command, std::stop_token stop) {
    auto prefix = lab_exec_prefix(node);
    if (!prefix) return std::unexpected(prefix.error());
    command.argv.insert(command.argv.begin(), prefix->begin(), prefix->end());
    return run_local(command, std::move(stop));
}

}  // namespace interregnum
