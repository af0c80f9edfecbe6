// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "harness/base/clock.h"
#include "harness/base/result.h"

namespace interregnum {

/// A program to run on this machine: no shell, arguments as they are.
struct LocalCommand {
    std::vector<std::string> argv;               ///< argv[0] is found in PATH
    std::string input{};                         ///< given on stdin
    std::vector<std::string> environment{};      ///< "NAME=value", added to ours
    Duration timeout{std::chrono::seconds(30)};  ///< then SIGKILL to its whole process group
    std::size_t output_limit{4U << 20U};         ///< bytes kept of each stream; the rest is dropped
};

struct LocalResult {
    int exit_status{};  ///< 128 + signal when a signal ended it
    std::string out;
    std::string err;
};

/// Runs it to its end. An exit status other than 0 is a result, not an error; a program that
/// cannot be started, a timeout and a stop are errors.
[[nodiscard]] Result<LocalResult> run_local(LocalCommand const& command, std::stop_token stop = {});

/// The same, but a status other than 0 is an error that shows the command and its stderr.
[[nodiscard]] Result<std::string> check_local(LocalCommand const& command,
                                              std::stop_token stop = {});

/// A program that runs beside us until this object ends it: with its whole session, in which it
/// has no terminal to ask anything at. Its streams are ours to read, write and poll; none of the
/// descriptors blocks, so that deadlines and stops are the caller's to keep.
class ChildProcess {
public:
    struct Program {
        std::vector<std::string> argv;           ///< argv[0] is found in PATH
        std::vector<std::string> environment{};  ///< "NAME=value", added to ours
    };
    /// Errors: `not_found`: no such program in PATH; `failed`: it could not be started.
    [[nodiscard]] static Result<ChildProcess> start(Program const& program);
    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&& other) noexcept;
    ~ChildProcess();

    /// Its stdin: a socket, so that send(2) with MSG_NOSIGNAL is safe when it has ended.
    [[nodiscard]] int input() const;
    [[nodiscard]] int output() const;  ///< its stdout
    [[nodiscard]] int errors() const;  ///< its stderr
    /// 128 + signal when a signal ended it; nothing while it runs. Does not wait.
    [[nodiscard]] std::optional<int> exit_status();

private:
    struct State;
    explicit ChildProcess(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// For messages: the arguments, quoted where a reader would need it.
[[nodiscard]] std::string show_command(std::vector<std::string> const& argv);

}  // namespace interregnum
