// SPDX-License-Identifier: MIT
#include "harness/lab/programs.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <sstream>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "harness/lab/cgroup.h"
#include "harness/lab/files.h"

namespace interregnum {
namespace {

struct Need {
    std::string_view program;
    std::string_view package;
};

constexpr auto needs = std::to_array<Need>({
    {"systemd-nspawn", "systemd-container"},
    {"ip", "iproute2"},
    {"unshare", "util-linux"},
    {"nsenter", "util-linux"},
    {"mount", "mount"},
    {"mkfs.ext4", "e2fsprogs"},
    {"chroot", "coreutils"},
    {"ssh-keygen", "openssh-client"},
    {"mmdebstrap", "mmdebstrap"},
});

/// PATH of root's shells even when ours is a user's.
std::vector<std::string> folders() {
    char const* path = std::getenv("PATH");
    std::istringstream in(std::string(path == nullptr ? "" : path) +
                          ":/usr/sbin:/usr/bin:/sbin:/bin");
    std::vector<std::string> out;
    for (std::string folder; std::getline(in, folder, ':');)
        if (folder.starts_with('/')) out.push_back(folder);
    return out;
}

std::vector<std::string> missing_packages() {
    std::vector<std::string> missing;
    for (Need const& need : needs)
        if (!find_program(std::string(need.program)) &&
            std::ranges::find(missing, need.package) == missing.end())
            missing.emplace_back(need.package);
    return missing;
}

}  // namespace

Result<std::string> find_program(std::string const& name) {
    for (std::string const& folder : folders()) {
        std::string path = folder;
        path.append("/").append(name);
        if (access(path.c_str(), X_OK) == 0) return path;
    }
    auto const need = std::ranges::find(needs, std::string_view(name), &Need::program);
    return fail(Error::Kind::not_found,
                fmt::format("{} is not installed (package {})", name,
                            need == std::end(needs) ? name : std::string(need->package)));
}

Status check_machine(std::uint64_t disks_bytes) {
    std::vector<std::string> missing;
    if (geteuid() != 0) missing.emplace_back("root (run it with sudo)");
    if (auto const packages = missing_packages(); !packages.empty())
        missing.push_back(fmt::format("packages: {}", fmt::join(packages, " ")));
    auto const filesystems = read_file("/proc/filesystems").value_or("");
    // A module that is not loaded yet is not in the list; mounting loads it.
    if (filesystems.find("overlay") == std::string::npos && access("/proc/modules", F_OK) != 0)
        missing.emplace_back("the kernel's overlay file system");
    // A module that is not loaded yet has its control device already (kmod's static nodes).
    if (access("/dev/loop-control", F_OK) != 0) missing.emplace_back("the kernel's loop devices");
    if (auto const cgroup = cgroup2_root(); !cgroup) missing.push_back(cgroup.error().message);
    struct sysinfo info{};
    sysinfo(&info);
    std::uint64_t const memory = std::uint64_t{info.totalram} * info.mem_unit;
    if (disks_bytes >= memory / 2)
        missing.push_back(
            fmt::format("memory: the nodes' disks take up to {} MiB, which must stay "
                        "below half of {} MiB (--set lab.db_disk=...)",
                        disks_bytes >> 20U, memory >> 20U));
    if (missing.empty()) return {};
    return fail(Error::Kind::refused,
                fmt::format("the lab cannot run here; missing: {}", fmt::join(missing, "; ")));
}

}  // namespace interregnum
