// SPDX-License-Identifier: MIT
#include "harness/lab/proc.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <sstream>

#include <sys/syscall.h>
#include <unistd.h>

#include "harness/lab/files.h"

namespace interregnum {
namespace {

std::vector<pid_t> all_pids() {
    std::vector<pid_t> pids;
    std::error_code error;
    std::filesystem::directory_iterator entries("/proc", error);
    for (auto const end = std::filesystem::directory_iterator(); !error && entries != end;
         entries.increment(error)) {
        std::string const name = entries->path().filename();
        pid_t pid{};
        auto const read = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (read.ec == std::errc() && read.ptr == name.data() + name.size()) pids.push_back(pid);
    }
    return pids;
}

std::string proc_file(pid_t pid, std::string const& name) {
    return "/proc/" + std::to_string(pid) + "/" + name;
}

/// The values of a line "Key:\tv1\tv2..." of /proc/PID/status.
std::vector<long> status_values(std::string const& status, std::string const& key) {
    std::istringstream lines(status);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with(key + ":")) continue;
        std::istringstream words(line.substr(key.size() + 1));
        std::vector<long> values;
        for (long value{}; words >> value;) values.push_back(value);
        return values;
    }
    return {};
}

/// The PID namespace of a process, as text; "" when it cannot be told.
std::string pid_namespace(std::string const& process) {
    std::error_code error;
    auto const link = std::filesystem::read_symlink("/proc/" + process + "/ns/pid", error);
    return error ? "" : link.string();
}

}  // namespace

std::optional<ProcessId> process_of(pid_t pid) {
    auto const stat = read_file(proc_file(pid, "stat"));
    if (!stat) return std::nullopt;
    // The name in brackets may hold anything, even brackets and blanks.
    auto const close = stat->rfind(')');
    if (close == std::string::npos) return std::nullopt;
    std::istringstream words(stat->substr(close + 1));
    std::string state;
    words >> state;
    if (state == "Z" || state == "X") return std::nullopt;
    std::uint64_t value{};
    for (int field = 4; field <= 22; ++field) {
        // Some of the fields in between are signed.
        std::string word;
        words >> word;
        if (field == 22) std::from_chars(word.data(), word.data() + word.size(), value);
    }
    return ProcessId{.pid = pid, .start_ticks = value};
}

bool is_alive(ProcessId const& process) { return process_of(process.pid) == process; }

Status kill_process(ProcessId const& process) {
    int const fd = static_cast<int>(syscall(SYS_pidfd_open, process.pid, 0));
    if (fd < 0) {
        if (errno == ESRCH || errno == EINVAL) return {};
        return fail_errno("cannot open process " + std::to_string(process.pid));
    }
    Status done;
    if (is_alive(process) && syscall(SYS_pidfd_send_signal, fd, SIGKILL, nullptr, 0) != 0 &&
        errno != ESRCH)
        done = fail_errno("cannot kill process " + std::to_string(process.pid));
    close(fd);
    return done;
}

std::optional<ProcessId> find_child(pid_t parent) {
    for (pid_t const pid : all_pids()) {
        auto const status = read_file(proc_file(pid, "status"));
        if (status && status_values(*status, "PPid") == std::vector<long>{parent})
            return process_of(pid);
    }
    return std::nullopt;
}

std::optional<ProcessId> find_container_init(pid_t parent) {
    for (pid_t const pid : all_pids()) {
        auto const status = read_file(proc_file(pid, "status"));
        if (!status || status_values(*status, "PPid") != std::vector<long>{parent}) continue;
        auto const in_namespaces = status_values(*status, "NSpid");
        if (in_namespaces.size() >= 2 && in_namespaces.back() == 1) return process_of(pid);
    }
    return std::nullopt;
}

std::vector<ProcessId> find_by_argument(std::string const& argument) {
    std::vector<ProcessId> found;
    std::string const needle = '\0' + argument + '\0';
    // In a container on this machine there may be a lab that is none of ours.
    std::string const here = pid_namespace("self");
    for (pid_t const pid : all_pids()) {
        auto const command = read_file(proc_file(pid, "cmdline"));
        if (!command || command->find(needle) == std::string::npos) continue;
        if (pid_namespace(std::to_string(pid)) != here) continue;
        if (auto const process = process_of(pid)) found.push_back(*process);
    }
    return found;
}

}  // namespace interregnum
