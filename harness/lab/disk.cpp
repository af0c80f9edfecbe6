// SPDX-License-Identifier: MIT
#include "harness/lab/disk.h"

#include <charconv>
#include <filesystem>
#include <map>
#include <sstream>

#include <sys/stat.h>
#include <unistd.h>

#include "harness/lab/files.h"
#include "harness/lab/image.h"
#include "harness/lab/mounts.h"
#include "harness/lab/volume.h"

namespace interregnum {
namespace {

constexpr std::uint64_t mib = 1U << 20U;
constexpr std::uint64_t app_disk_bytes = 256 * mib;

struct Owner {
    uid_t uid{};
    gid_t gid{};
};

/// The image's users: "name:x:uid:gid:...". Its numbers are not the host's.
std::map<std::string, Owner, std::less<>> read_users(std::string const& root) {
    std::map<std::string, Owner, std::less<>> users;
    std::istringstream lines(read_file(root + "/etc/passwd").value_or(""));
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string name;
        std::string uid;
        std::string gid;
        std::string ignored;
        std::getline(fields, name, ':');
        std::getline(fields, ignored, ':');
        std::getline(fields, uid, ':');
        std::getline(fields, gid, ':');
        Owner owner;
        std::from_chars(uid.data(), uid.data() + uid.size(), owner.uid);
        std::from_chars(gid.data(), gid.data() + gid.size(), owner.gid);
        users[name] = owner;
    }
    return users;
}

Status place(std::string const& path, ConfigFile const& file, Owner const& owner) {
    if (file.link) {
        unlink(path.c_str());
        if (symlink(file.text.c_str(), path.c_str()) != 0) return fail_errno("cannot link " + path);
        return {};
    }
    if (Status put = write_file(path, file.text, file.mode); !put) return put;
    if (lchown(path.c_str(), owner.uid, owner.gid) != 0) return fail_errno("cannot own " + path);
    return {};
}

}  // namespace

std::uint64_t disk_bytes(LabNode const& node, LabSettings const& settings) {
    return node.is_db ? settings.values.bytes("lab.db_disk") : app_disk_bytes;
}

std::uint64_t volume_bytes(LabSettings const& settings) {
    constexpr std::uint64_t block = 4096;
    return settings.values.bytes("lab.db_disk") / 4 * 3 / block * block;
}

std::uint64_t all_disks_bytes(LabSettings const& settings) {
    std::uint64_t sum = 0;
    for (LabNode const& node : lab_nodes())
        sum += disk_bytes(node, settings) + node_run_bytes + node_shm_bytes;
    return sum;
}

Status make_disk(LabNode const& node, std::string const& image, LabSettings const& settings) {
    std::string const disk = lab_path::disk(node);
    if (Status made = mount_tmpfs(disk, disk_bytes(node, settings)); !made) return made;
    if (Status made = mount_overlay({.lower = image,
                                     .upper = disk + "/upper",
                                     .work = disk + "/work",
                                     .point = lab_path::root(node)});
        !made)
        return made;
    if (!node.is_db) return {};
    std::string const volume = lab_path::data_volume(node);
    if (Status made = make_volume({.file = disk + "/postgresql.ext4",
                                   .point = volume,
                                   .size_bytes = volume_bytes(settings)});
        !made)
        return made;
    auto const users = read_users(lab_path::root(node));
    auto const postgres = users.find("postgres");
    if (postgres == users.end()) return fail(Error::Kind::failed, "the image has no user postgres");
    if (chown(volume.c_str(), postgres->second.uid, postgres->second.gid) != 0)
        return fail_errno("cannot own " + volume);
    return {};
}

Status write_node_files(LabNode const& node, std::vector<ConfigFile> const& files) {
    std::string const root = lab_path::root(node);
    auto const users = read_users(root);
    for (ConfigFile const& file : files) {
        auto const owner = users.find(file.owner);
        if (owner == users.end())
            return fail(Error::Kind::failed, "the image has no user " + file.owner);
        std::string const path = root + file.path;
        std::string const folder = std::filesystem::path(path).parent_path();
        if (Status made = make_folder(folder); !made) return made;
        if (Status placed = place(path, file, owner->second); !placed) return placed;
    }
    return {};
}

Status unmount_disks() { return unmount_below(lab_state_dir); }

}  // namespace interregnum
