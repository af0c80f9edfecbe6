// SPDX-License-Identifier: MIT
#include "harness/lab/remove.h"

#include <filesystem>

#include <unistd.h>

#include "harness/lab/disk.h"
#include "harness/lab/lab.h"
#include "harness/lab/mounts.h"
#include "harness/lab/network.h"
#include "harness/lab/node_process.h"
#include "harness/lab/state.h"
#include "harness/lab/supervisor.h"
#include "harness/lab/volume.h"

namespace interregnum {
namespace {

void note(std::vector<std::string>& problems, Status const& status) {
    if (!status) problems.push_back(status.error().message);
}

Status remove_state_dir() {
    // Never reach through a mount: its files would be the image's.
    for (Mount const& mount : list_mounts())
        if (mount.point.starts_with(std::string(lab_state_dir) + "/"))
            return fail(Error::Kind::failed, mount.point + " is still mounted");
    std::error_code error;
    std::filesystem::remove_all(lab_state_dir, error);
    if (error)
        return fail(Error::Kind::failed,
                    "cannot remove " + std::string(lab_state_dir) + ": " + error.message());
    return {};
}

}  // namespace

std::vector<std::string> lab_leftovers() {
    std::vector<std::string> left = find_supervisor_traces();
    for (LabNode const& node : lab_nodes()) {
        for (std::string const& trace : find_node_traces(node)) left.push_back(trace);
        if (access(netns_path(lab_unit(node)).c_str(), F_OK) == 0)
            left.push_back(netns_path(lab_unit(node)));
    }
    for (Mount const& mount : list_mounts())
        if (mount.point.starts_with(std::string(lab_state_dir) + "/")) left.push_back(mount.point);
    for (std::string const& device : find_loop_devices(lab_state_dir)) left.push_back(device);
    for (std::string const& path : {netns_path(lab_switch_netns), std::string(lab_state_dir)})
        if (access(path.c_str(), F_OK) == 0) left.push_back(path);
    return left;
}

std::vector<std::string> remove_lab() {
    std::vector<std::string> problems;
    // It boots nodes, so it goes before them.
    note(problems, stop_supervisor());
    // All lines first: no node hears how the others die.
    for (LabNode const& node : lab_nodes()) note(problems, unplug(node));
    for (LabNode const& node : lab_nodes()) note(problems, kill_node(node));
    note(problems, unmount_disks());
    for (LabNode const& node : lab_nodes()) note(problems, remove_node_traces(node));
    note(problems, remove_switch());
    note(problems, remove_state_dir());
    // Folders that nspawn made for its first container; they stay while somebody else uses them.
    for (char const* folder :
         {"/run/systemd/nspawn/propagate", "/run/systemd/nspawn/locks", "/run/systemd/nspawn"})
        rmdir(folder);
    for (std::string const& left : lab_leftovers()) problems.push_back("still there: " + left);
    return problems;
}

Result<std::vector<std::string>> lab_down(LabProgress const& progress) {
    if (geteuid() != 0) return fail(Error::Kind::refused, "lab down needs root (run it with sudo)");
    auto const lock = LabLock::take();
    if (!lock) return std::unexpected(lock.error());
    bool const was_there = !lab_leftovers().empty();
    auto problems = remove_lab();
    if (problems.empty()) progress(was_there ? "the lab is down" : "there is no lab");
    return problems;
}

}  // namespace interregnum
