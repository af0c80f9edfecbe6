// SPDX-License-Identifier: MIT
#include "harness/lab/cgroup.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/lab/files.h"
#include "harness/lab/mounts.h"

namespace interregnum {
namespace {

namespace fs = std::filesystem;

constexpr auto emptying_limit = std::chrono::seconds(10);

bool is_populated(std::string const& path) {
    auto const events = read_file(path + "/cgroup.events");
    return events && events->find("populated 1") != std::string::npos;
}

Status remove_tree(std::string const& path) {
    // Children first. A cgroup's files cannot be removed, only its folders.
    std::vector<std::string> folders{path};
    std::error_code error;
    fs::recursive_directory_iterator entries(path, error);
    for (auto const end = fs::recursive_directory_iterator(); !error && entries != end;
         entries.increment(error))
        if (entries->is_directory(error)) folders.push_back(entries->path());
    std::ranges::sort(folders, std::greater{}, &std::string::size);
    for (std::string const& folder : folders)
        if (rmdir(folder.c_str()) != 0 && errno != ENOENT)
            return fail_errno("cannot remove cgroup " + folder);
    return {};
}

}  // namespace

Result<std::string> cgroup2_root() {
    std::string root;
    for (Mount const& mount : list_mounts())
        if (mount.type == "cgroup2" && (root.empty() || mount.point == "/sys/fs/cgroup"))
            root = mount.point;
    if (root.empty())
        return fail(Error::Kind::not_found,
                    "cgroup v2 is not mounted: the lab cannot keep its "
                    "nodes apart without it");
    return root;
}

Result<std::string> make_cgroup(std::string const& name) {
    auto const root = cgroup2_root();
    if (!root) return root;
    if (Status removed = remove_cgroup(name); !removed) return std::unexpected(removed.error());
    std::string path = *root + "/" + name;
    if (mkdir(path.c_str(), 0755) != 0) return fail_errno("cannot make cgroup " + path);
    return path;
}

Status kill_cgroup(std::string const& name) {
    auto const root = cgroup2_root();
    if (!root) return std::unexpected(root.error());
    std::string const path = *root + "/" + name;
    SteadyClock clock;
    Instant const limit = clock.now() + emptying_limit;
    while (is_populated(path)) {
        std::ofstream(path + "/cgroup.kill") << "1";
        if (clock.now() > limit)
            return fail(Error::Kind::timeout, "processes in cgroup " + path + " do not die");
        clock.sleep_for(std::chrono::milliseconds(10), {});
    }
    return {};
}

bool has_processes(std::string const& name) {
    auto const root = cgroup2_root();
    return root && is_populated(*root + "/" + name);
}

std::vector<std::string> find_cgroups(std::string const& name) {
    std::vector<std::string> found;
    for (Mount const& mount : list_mounts()) {
        if (mount.type != "cgroup2" && mount.type != "cgroup") continue;
        std::string path = mount.point + "/" + name;
        std::error_code error;
        if (fs::exists(path, error)) found.push_back(std::move(path));
    }
    return found;
}

Status remove_cgroup(std::string const& name) {
    for (std::string const& path : find_cgroups(name))
        if (Status removed = remove_tree(path); !removed) return removed;
    return {};
}

}  // namespace interregnum
