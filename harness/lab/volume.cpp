// SPDX-License-Identifier: MIT
#include "harness/lab/volume.h"

#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "harness/base/process.h"
#include "harness/lab/files.h"
#include "harness/lab/mounts.h"
#include "harness/lab/programs.h"

namespace interregnum {
namespace {

namespace fs = std::filesystem;

Status make_sparse_file(std::string const& path, std::uint64_t size_bytes) {
    int const fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return fail_errno("cannot make " + path);
    Status made;
    if (ftruncate(fd, static_cast<off_t>(size_bytes)) != 0)
        made = fail_errno("cannot size " + path);
    close(fd);
    return made;
}

Status run_tool(std::string const& name, std::vector<std::string> arguments) {
    auto const program = find_program(name);
    if (!program) return std::unexpected(program.error());
    arguments.insert(arguments.begin(), *program);
    auto const done = check_local({.argv = std::move(arguments)});
    if (!done) return std::unexpected(done.error());
    return {};
}

Status thaw(std::string const& point) {
    int const fd = open(point.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return fail_errno("cannot open " + point);
    Status thawed;
    // EINVAL: it is not frozen.
    if (ioctl(fd, FITHAW, 0) != 0 && errno != EINVAL) thawed = fail_errno("cannot thaw " + point);
    close(fd);
    return thawed;
}

}  // namespace

Status make_volume(Volume const& volume) {
    if (Status made = make_sparse_file(volume.file, volume.size_bytes); !made) return made;
    // Its tables are written when they are needed, not now: it lives in memory, and not for long.
    // No journal and no barriers: its host's page cache outlives the node, so that a node without
    // power loses nothing of it, and each commit would pay for them.
    if (Status made = run_tool("mkfs.ext4", {"-q", "-F", "-E", "lazy_itable_init=1,nodiscard", "-O",
                                             "^has_journal", volume.file});
        !made)
        return made;
    if (Status made = make_folder(volume.point); !made) return made;
    // mount(8) sets the loop device up so that the kernel frees it with the last mount.
    return run_tool("mount", {"-t", "ext4", "-o", "loop,noatime,lazytime,nobarrier", volume.file,
                              volume.point});
}

Status thaw_below(std::string_view folder) {
    Status all;
    for (Mount const& mount : list_mounts()) {
        if (mount.type != "ext4" || !is_at_or_below(mount.point, folder)) continue;
        if (Status thawed = thaw(mount.point); !thawed) all = thawed;
    }
    return all;
}

std::vector<std::string> find_loop_devices(std::string_view folder) {
    std::vector<std::string> found;
    std::error_code error;
    for (fs::directory_entry const& device : fs::directory_iterator("/sys/block", error)) {
        std::string const name = device.path().filename();
        if (!name.starts_with("loop")) continue;
        auto const file = read_file(device.path() / "loop/backing_file");
        if (!file || !is_at_or_below(*file, folder)) continue;
        found.push_back("/dev/" + name + " (" + file->substr(0, file->find('\n')) + ")");
    }
    return found;
}

}  // namespace interregnum
