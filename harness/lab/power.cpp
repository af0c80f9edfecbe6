// SPDX-License-Identifier: MIT
#include "harness/lab/power.h"

#include <unistd.h>

#include "harness/base/nearest.h"
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
