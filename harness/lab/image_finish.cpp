// SPDX-License-Identifier: MIT
#include "harness/lab/image_finish.h"

#include <filesystem>

#include <fmt/format.h>
#include <unistd.h>

#include "harness/base/process.h"
#include "harness/lab/files.h"
#include "harness/lab/image.h"

namespace interregnum {
namespace {

namespace fs = std::filesystem;

/// Sizes of the file systems that every systemd mounts in memory.
std::string fstab() {
    return fmt::format(
        "tmpfs /run tmpfs mode=0755,size={} 0 0\n"
        "tmpfs /dev/shm tmpfs mode=1777,size={} 0 0\n",
        node_run_bytes, node_shm_bytes);
}

/// The journal on the disk, so that a node which lost power can still say what happened before.
constexpr std::string_view journald = R"([Journal]
Storage=persistent
SystemMaxUse=64M
)";

Status remove_host_traces(std::string const& root) {
    std::error_code error;
    // The example cluster of the postgresql package, its host keys, and how the host fetches.
    for (char const* path :
         {"/etc/postgresql/15", "/var/lib/postgresql/15", "/etc/hostname", "/etc/resolv.conf",
          "/etc/machine-id", "/etc/apt/apt.conf.d/99mmdebstrap", "/etc/apt/sources.list",
          "/etc/apt/sources.list.d", "/var/lib/dbus/machine-id"}) {
        fs::remove_all(root + path, error);
        if (error)
            return fail(Error::Kind::failed,
                        "cannot remove " + root + path + ": " + error.message());
    }
    for (fs::directory_entry const& entry : fs::directory_iterator(root + "/etc/ssh", error))
        if (entry.path().filename().string().starts_with("ssh_host_"))
            if (Status gone = remove_files({entry.path()}); !gone) return gone;
    return {};
}

Status set_units(std::string const& root) {
    std::string const folder = root + "/etc/systemd/system";
    std::error_code error;
    // Which services a node runs is decided by the links that the lab puts here.
    fs::remove_all(folder + "/multi-user.target.wants", error);
    if (Status made = make_folder(folder + "/multi-user.target.wants"); !made) return made;
    for (std::string const& unit : image_masked_units()) {
        std::string const path = folder + "/" + unit;
        unlink(path.c_str());
        if (symlink("/dev/null", path.c_str()) != 0) return fail_errno("cannot mask " + path);
    }
    return {};
}

Status add_admin(std::string const& root) {
    auto added = check_local(
        {.argv = {"chroot", root, "useradd", "--create-home", "--shell", "/bin/sh", "admin"}});
    if (!added) return std::unexpected(added.error());
    // No password, but not locked: a locked account may not log in by key either.
    added = check_local({.argv = {"chroot", root, "usermod", "--password", "*", "admin"}});
    if (!added) return std::unexpected(added.error());
    std::string const ssh = root + "/home/admin/.ssh";
    if (Status made = make_folder(ssh); !made) return made;
    auto owned =
        check_local({.argv = {"chroot", root, "chown", "-R", "admin:admin", "/home/admin"}});
    if (!owned) return std::unexpected(owned.error());
    return write_file(root + "/etc/sudoers.d/admin", "admin ALL=(ALL) NOPASSWD: ALL\n", 0440);
}

}  // namespace

Status finish_image(std::string const& root) {
    if (Status done = remove_host_traces(root); !done) return done;
    if (Status done = set_units(root); !done) return done;
    if (Status done = add_admin(root); !done) return done;
    for (std::string const folder : {"/var/log/journal", "/etc/systemd/journald.conf.d",
                                     "/etc/patroni", "/etc/apt/sources.list.d"})
        if (Status made = make_folder(root + folder); !made) return made;
    if (Status done = write_file(root + "/etc/fstab", fstab(), 0644); !done) return done;
    return write_file(root + "/etc/systemd/journald.conf.d/interregnum.conf", journald, 0644);
}

}  // namespace interregnum
