// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/process.h"

namespace interregnum::test {

/// The program under test, as a user calls it.
[[nodiscard]] std::string binary();

/// A temporary folder for run folders, removed at the end.
class RunsFolder {
public:
    RunsFolder();
    RunsFolder(RunsFolder const&) = delete;
    RunsFolder& operator=(RunsFolder const&) = delete;
    ~RunsFolder();
    [[nodiscard]] std::string const& path() const { return path_; }
    /// The run folder in it; "" when there is none, the newest when there are several.
    [[nodiscard]] std::string only_run() const;

private:
    std::string path_;
};

/// Calls the program with arguments and waits; at most `timeout`.
[[nodiscard]] LocalResult call(std::vector<std::string> arguments,
                               Duration timeout = std::chrono::minutes(8));

/// Calls the program and leaves it running; killed (SIGKILL) at the end if it still runs.
class Background {
public:
    explicit Background(std::vector<std::string> argv, std::string const& output_file);
    Background(Background const&) = delete;
    Background& operator=(Background const&) = delete;
    ~Background();
    void signal(int number) const;
    [[nodiscard]] int pid() const { return pid_; }  ///< -1 once it has ended
    /// Its exit status (128 + signal); nullopt when it does not end in time.
    std::optional<int> wait(Duration timeout);

private:
    int pid_{-1};
};

[[nodiscard]] std::string read_file(std::string const& path);
/// Waits until a file contains a text. False after `timeout`.
[[nodiscard]] bool wait_for_text(std::string const& path, std::string const& text,
                                 Duration timeout);
/// Brings the lab back to full health, by a new lab if this one does not heal: a server that stays
/// broken is a finding about the test before, and none of the next. What was found, with the
/// servers' last words, is printed and added to the file that $INTERREGNUM_LAB_RENEWALS names
/// (tests/run shows it). Fails the test if there is no healthy lab at the end.
void expect_healthy();
/// Takes the lab down and up again, or fails the test: after drills in which Patroni 3.0.2 lets a
/// former leader put its name over the new one's in etcd without comparing (`_update_leader` of
/// its etcd3.py). Two histories may have one timeline's number then, and nothing that Patroni says
/// shows it.
void renew_lab();
/// As `expect_healthy`, for tests that inject themselves: only looks, and gives the cluster 90 s to
/// come back.
void expect_redundant_lab();

}  // namespace interregnum::test
