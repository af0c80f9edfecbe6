// SPDX-License-Identifier: MIT
#include "harness/lab/mounts.h"

#include <algorithm>
#include <sstream>

#include <sys/mount.h>

#include "harness/lab/files.h"

namespace interregnum {
namespace {

/// mountinfo writes blanks and the like as \ooo.
std::string unescape(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 3 < text.size()) {
            out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 3)), nullptr, 8));
            i += 3;
        } else {
            out += text[i];
        }
    }
    return out;
}

}  // namespace

bool is_at_or_below(std::string_view path, std::string_view folder) {
    return path == folder ||
           (path.starts_with(folder) && path.substr(folder.size()).starts_with('/'));
}

std::vector<Mount> list_mounts() {
    // "ID PARENT MAJ:MIN ROOT POINT OPTIONS [FIELD...] - TYPE SOURCE SUPEROPTIONS"
    std::vector<Mount> mounts;
    std::istringstream lines(read_file("/proc/self/mountinfo").value_or(""));
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string word;
        Mount mount;
        for (int field = 1; words >> word && word != "-"; ++field)
            if (field == 5) mount.point = unescape(word);
        words >> mount.type;
        mounts.push_back(std::move(mount));
    }
    return mounts;
}

Status mount_tmpfs(std::string const& point, std::uint64_t size_bytes) {
    if (Status made = make_folder(point); !made) return made;
    std::string const options = "mode=0755,size=" + std::to_string(size_bytes);
    if (mount("interregnum", point.c_str(), "tmpfs", 0, options.c_str()) != 0)
        return fail_errno("cannot mount a tmpfs at " + point);
    return {};
}

Status mount_overlay(OverlayPaths const& paths) {
    for (std::string const& folder : {paths.upper, paths.work, paths.point})
        if (Status made = make_folder(folder); !made) return made;
    std::string const options =
        "lowerdir=" + paths.lower + ",upperdir=" + paths.upper + ",workdir=" + paths.work;
    if (mount("interregnum", paths.point.c_str(), "overlay", 0, options.c_str()) != 0)
        return fail_errno("cannot mount an overlay at " + paths.point);
    return {};
}

Status unmount_below(std::string_view folder) {
    std::vector<Mount> mounts = list_mounts();
    std::ranges::reverse(mounts);
    for (Mount const& mount : mounts) {
        if (!is_at_or_below(mount.point, folder)) continue;
        if (umount2(mount.point.c_str(), UMOUNT_NOFOLLOW) == 0) continue;
        // Something of the host looks into it. The mount leaves the tree now, and the rest of it
        // goes with its last user.
        if (umount2(mount.point.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) != 0)
            return fail_errno("cannot unmount " + mount.point);
    }
    return {};
}

}  // namespace interregnum
