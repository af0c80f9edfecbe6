// SPDX-License-Identifier: MIT
#include "harness/lab/spawn.h"

#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/lab/files.h"

namespace interregnum {
namespace {

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> out;
    out.reserve(words.size() + 1);
    for (std::string& word : words) out.push_back(word.data());
    out.push_back(nullptr);
    return out;
}

/// Everything a forked child uses, opened and laid out before the fork: between fork and exec of
/// a threaded program only async-signal-safe calls are allowed.
struct Prepared {
    std::vector<char*> argv;
    std::vector<char*> environment;
    int null{-1};
    int log{-1};
    int cgroup{-1};
    std::array<int, 2> report{-1, -1};

    ~Prepared() {
        for (int const fd : {null, log, cgroup, report[0], report[1]})
            if (fd >= 0) close(fd);
    }
};

[[noreturn]] void become(Prepared const& with) {
    pid_t const self = getpid();
    bool good = setsid() >= 0 && write(with.cgroup, "0", 1) == 1 && dup2(with.null, 0) == 0 &&
                dup2(with.log, 1) == 1 && dup2(with.log, 2) == 2;
    for (int signal_number = 1; signal_number < NSIG; ++signal_number)
        signal(signal_number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    good = good && sigprocmask(SIG_SETMASK, &none, nullptr) == 0 && chdir("/") == 0;
    good = good && write(with.report[1], &self, sizeof self) == sizeof self;
    if (good) execve(with.argv[0], with.argv.data(), with.environment.data());
    _exit(127);
}

/// Forks twice, so that the program becomes a child of the machine's init and not ours.
Result<pid_t> fork_twice(Prepared& with) {
    pid_t const between = fork();
    if (between < 0) return fail_errno("fork");
    if (between == 0) {
        pid_t const program = fork();
        if (program == 0) become(with);
        _exit(program < 0 ? 1 : 0);
    }
    while (waitpid(between, nullptr, 0) < 0 && errno == EINTR) {
    }
    close(with.report[1]);
    with.report[1] = -1;
    pid_t pid{};
    if (read(with.report[0], &pid, sizeof pid) != sizeof pid)
        return fail(Error::Kind::failed, std::string("cannot start ") + with.argv[0]);
    return pid;
}

}  // namespace

Result<pid_t> spawn_detached(DetachedProgram const& program) {
    std::vector<std::string> words = program.argv;
    std::vector<std::string> environment = program.environment;
    Prepared with{.argv = pointers(words), .environment = pointers(environment)};
    with.null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    with.log = open(program.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (with.log < 0) return fail_errno("cannot write " + program.log);
    std::string const procs = program.cgroup + "/cgroup.procs";
    with.cgroup = open(procs.c_str(), O_WRONLY | O_CLOEXEC);
    if (with.cgroup < 0) return fail_errno("cannot open " + procs);
    if (with.null < 0 || pipe2(with.report.data(), O_CLOEXEC) != 0) return fail_errno("pipe");
    return fork_twice(with);
}

}  // namespace interregnum
