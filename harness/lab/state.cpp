// SPDX-License-Identifier: MIT
#include "harness/lab/state.h"

#include <utility>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/lab/files.h"
#include "harness/lab/lab.h"
#include "harness/lab/layout.h"

namespace interregnum {
namespace {

constexpr auto lock_patience = std::chrono::seconds(3);

/// The lock file is removed by its holder, so a lock on a file that no longer has the name is a
/// lock on nothing.
bool is_still_named(int fd) {
    struct stat held{};
    struct stat named{};
    return fstat(fd, &held) == 0 && stat(lab_lock_file.data(), &named) == 0 &&
           held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

}  // namespace

std::optional<LabState> read_lab_state() {
    auto const text = read_file(lab_path::state());
    if (!text) return std::nullopt;
    auto const json = nlohmann::json::parse(*text, nullptr, false);
    if (!json.is_object()) return std::nullopt;
    LabState state;
    state.up = json.value("up", false);
    state.synchronous = json.value("synchronous", false);
    state.settings = json.value("settings", std::vector<std::string>{});
    return state;
}

Status write_lab_state(LabState const& state) {
    nlohmann::json const json{
        {"up", state.up}, {"settings", state.settings}, {"synchronous", state.synchronous}};
    return write_file(lab_path::state(), json.dump(2) + "\n", 0644);
}

std::optional<std::string> running_lab() {
    auto const state = read_lab_state();
    if (!state || !state->up || access(netns_path(lab_switch_netns).c_str(), F_OK) != 0)
        return std::nullopt;
    return lab_path::inventory();
}

std::vector<Defect const*> running_defects() {
    auto const state = read_lab_state();
    return state && state->up ? defects_among(state->settings) : std::vector<Defect const*>{};
}

Result<LabLock> LabLock::take() {
    SteadyClock clock;
    Instant const limit = clock.now() + lock_patience;
    while (true) {
        int const fd = open(lab_lock_file.data(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0) return fail_errno("cannot open " + std::string(lab_lock_file));
        LabLock lock(fd);
        if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
            if (!is_still_named(fd)) continue;
            std::string const pid = std::to_string(getpid()) + "\n";
            if (ftruncate(fd, 0) != 0 || write(fd, pid.data(), pid.size()) < 0)
                return fail_errno("cannot write " + std::string(lab_lock_file));
            return lock;
        }
        if (clock.now() > limit) {
            auto holder = read_file(std::string(lab_lock_file)).value_or("");
            while (holder.ends_with('\n')) holder.pop_back();
            std::exchange(lock.fd_, -1);
            close(fd);
            return fail(Error::Kind::refused,
                        "the lab is being changed by another process (pid " + holder + ")");
        }
        std::exchange(lock.fd_, -1);
        close(fd);
        clock.sleep_for(std::chrono::milliseconds(50), {});
    }
}

LabLock::LabLock(LabLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

LabLock::~LabLock() {
    if (fd_ < 0) return;
    if (is_still_named(fd_)) unlink(lab_lock_file.data());
    close(fd_);
}

}  // namespace interregnum
