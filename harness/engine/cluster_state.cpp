// SPDX-License-Identifier: MIT
#include "harness/engine/cluster_state.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/base/units.h"

namespace interregnum {

namespace fs = std::filesystem;

namespace {

fs::path default_folder(std::string const& cluster) {
    char const* state = std::getenv("XDG_STATE_HOME");
    char const* home = std::getenv("HOME");
    fs::path base = "/var/lib/interregnum";
    if (state != nullptr && *state != '\0')
        base = fs::path(state) / "interregnum";
    else if (home != nullptr && *home != '\0')
        base = fs::path(home) / ".local/state/interregnum";
    return base / cluster;
}

std::string read_line(fs::path const& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

Status write_synced(fs::path const& path, std::string const& text) {
    int const fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool const written =
        fd >= 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
        ::fsync(fd) == 0;
    int const error = errno;
    if (fd >= 0) ::close(fd);
    if (!written)
        return fail(Error::Kind::failed,
                    fmt::format("cannot write {}: {}", path.string(), std::strerror(error)));
    return {};
}

}  // namespace

Result<ClusterState> ClusterState::open(std::string const& cluster, std::string const& folder) {
    fs::path const path = folder.empty() ? default_folder(cluster) : fs::path(folder);
    std::error_code error;
    fs::create_directories(path / "open", error);
    if (error)
        return fail(Error::Kind::failed,
                    fmt::format("cannot make {}: {}", path.string(), error.message()));
    return ClusterState(path.string());
}

ClusterState::ClusterState(ClusterState&& other) noexcept
    : folder_(std::move(other.folder_)), lock_fd_(std::exchange(other.lock_fd_, -1)) {}

ClusterState::~ClusterState() {
    if (lock_fd_ >= 0) ::close(lock_fd_);
}

Status ClusterState::lock(std::string const& doing) {
    std::string const path = folder_ + "/lock";
    int const fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return fail(Error::Kind::failed, fmt::format("{}: {}", path, std::strerror(errno)));
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        ::close(fd);
        return fail(Error::Kind::refused,
                    fmt::format("another run is at this cluster: {}. Wait for it, or stop it",
                                read_line(path)));
    }
    lock_fd_ = fd;
    std::string const owner =
        fmt::format("pid {}, since {}, {}\n", ::getpid(), format_wall(wall_now()), doing);
    // Only for people who read it; the lock itself is the kernel's.
    if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, owner.data(), owner.size(), 0) < 0)
        return fail(Error::Kind::failed, fmt::format("{}: {}", path, std::strerror(errno)));
    return {};
}

std::vector<std::string> ClusterState::open_runs() const {
    std::vector<std::string> folders;
    std::error_code error;
    for (fs::directory_entry const& entry : fs::directory_iterator(folder_ + "/open", error))
        folders.push_back(read_line(entry.path()));
    std::ranges::sort(folders);
    return folders;
}

Status ClusterState::open_run(std::string const& run_id, std::string const& run_folder) {
    return write_synced(fs::path(folder_) / "open" / run_id,
                        fs::absolute(run_folder).string() + "\n");
}

Status ClusterState::begin_run(std::string const& run_id, std::string const& run_folder) {
    Status const noted =
        write_synced(fs::path(folder_) / "last", fs::absolute(run_folder).string() + "\n");
    return noted ? open_run(run_id, run_folder) : noted;
}

std::string ClusterState::last_run() const { return read_line(fs::path(folder_) / "last"); }

void ClusterState::forget_last_run() {
    std::error_code ignored;
    fs::remove(fs::path(folder_) / "last", ignored);
}

void ClusterState::close_run(std::string const& run_folder) {
    std::string const wanted = fs::absolute(run_folder).string();
    std::error_code error;
    std::vector<fs::path> matching;
    for (fs::directory_entry const& entry : fs::directory_iterator(folder_ + "/open", error))
        if (read_line(entry.path()) == wanted) matching.push_back(entry.path());
    for (fs::path const& path : matching) fs::remove(path, error);
}

}  // namespace interregnum
