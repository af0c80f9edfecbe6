// SPDX-License-Identifier: MIT
#include "harness/lab/supervisor.h"

#include <array>
#include <cerrno>

#include <sys/inotify.h>
#include <unistd.h>

#include "harness/base/log.h"
#include "harness/lab/cgroup.h"
#include "harness/lab/files.h"
#include "harness/lab/lab.h"
#include "harness/lab/layout.h"
#include "harness/lab/node_process.h"
#include "harness/lab/power.h"
#include "harness/lab/spawn.h"
#include "harness/lab/state.h"

namespace interregnum {
namespace {

constexpr char const* cgroup_name = "interregnum-supervisor";

/// Somebody else may be changing the lab; a lab that is taken down has no state any more.
Result<LabLock> wait_for_lock() {
    while (true) {
        auto lock = LabLock::take();
        if (lock || lock.error().kind != Error::Kind::refused) return lock;
        if (!read_lab_state()) return lock;
    }
}

Status boot_again(LabNode const& node) {
    auto const lock = wait_for_lock();
    if (!lock) return std::unexpected(lock.error());
    // Looked at again under the lock: `lab power-off` may have come first.
    if (!read_lab_state() || !wants_to_boot_again(node)) return {};
    log::info("lab.supervisor", std::string(node.name) + " reboots");
    return boot_from_disk(node);
}

/// Waits until a file appears in the lab's folder. False when the folder is gone.
Result<bool> wait_for_news(int fd) {
    alignas(inotify_event) std::array<char, 4096> events{};
    while (read(fd, events.data(), events.size()) < 0)
        if (errno != EINTR) return fail_errno("cannot watch the lab's folder");
    return read_lab_state().has_value();
}

Status watch(int fd) {
    std::string const folder(lab_state_dir);
    if (inotify_add_watch(fd, folder.c_str(), IN_MOVED_TO | IN_DELETE_SELF | IN_ONLYDIR) < 0)
        return fail_errno("cannot watch " + folder);
    while (true) {
        for (LabNode const& node : lab_nodes()) {
            if (!wants_to_boot_again(node)) continue;
            if (Status booted = boot_again(node); !booted)
                log::warn("lab.supervisor", booted.error().message);
        }
        auto const more = wait_for_news(fd);
        if (!more) return std::unexpected(more.error());
        if (!*more) return {};
    }
}

}  // namespace

Status start_supervisor(std::string const& program) {
    if (supervisor_runs()) return {};
    auto const cgroup = make_cgroup(cgroup_name);
    if (!cgroup) return std::unexpected(cgroup.error());
    auto const pid = spawn_detached({.argv = {program, "lab", "supervise"},
                                     .environment = {"PATH=/usr/local/sbin:/usr/local/bin:"
                                                     "/usr/sbin:/usr/bin:/sbin:/bin",
                                                     "LANG=C.UTF-8"},
                                     .cgroup = *cgroup,
                                     .log = lab_path::supervisor_log()});
    if (!pid) return fail_in("cannot start the lab's supervisor", pid.error());
    return {};
}

bool supervisor_runs() { return has_processes(cgroup_name); }

Status stop_supervisor() {
    if (find_cgroups(cgroup_name).empty()) return {};
    if (Status killed = kill_cgroup(cgroup_name); !killed) return killed;
    return remove_cgroup(cgroup_name);
}

std::vector<std::string> find_supervisor_traces() { return find_cgroups(cgroup_name); }

Status supervise_lab() {
    int const fd = inotify_init1(IN_CLOEXEC);
    if (fd < 0) return fail_errno("inotify");
    Status const done = watch(fd);
    close(fd);
    return done;
}

}  // namespace interregnum
