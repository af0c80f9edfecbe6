// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/base/result.h"

namespace interregnum {

/// What is known about the lab on this machine, kept in its state directory.
struct LabState {
    bool up{};                          ///< false while it is brought up (or was killed then)
    std::vector<std::string> settings;  ///< LabSettings::lines()
    bool synchronous{};
};

[[nodiscard]] std::optional<LabState> read_lab_state();
[[nodiscard]] Status write_lab_state(LabState const& state);

/// Held by whoever brings the lab up or down, or a node on or off. Released by the kernel when its
/// holder dies.
class LabLock {
public:
    /// An error of kind `refused` says who holds it.
    [[nodiscard]] static Result<LabLock> take();
    LabLock(LabLock&& other) noexcept;
    LabLock& operator=(LabLock&&) = delete;
    ~LabLock();

private:
    explicit LabLock(int fd) : fd_(fd) {}
    int fd_;
};

}  // namespace interregnum
