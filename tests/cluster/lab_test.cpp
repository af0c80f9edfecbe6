// SPDX-License-Identifier: MIT
// The lab on the real machine: needs root, and no lab that is up already.
#include "harness/lab/lab.h"

#include <algorithm>
#include <csignal>
#include <functional>
#include <random>
#include <set>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/process.h"
#include "harness/lab/cgroup.h"
#include "harness/lab/files.h"
#include "harness/lab/health.h"
#include "harness/lab/layout.h"
#include "harness/lab/mounts.h"
#include "harness/lab/network.h"
#include "harness/lab/node_process.h"
#include "harness/lab/state.h"
#include "harness/lab/supervisor.h"

namespace interregnum::test {
namespace {

void quiet(std::string_view) {}

/// Everything a lab could leave on a machine.
std::vector<std::string> traces_on_host() {
    std::vector<std::string> traces = lab_leftovers();
    for (Mount const& mount : list_mounts())
        if (mount.point.find("interregnum") != std::string::npos) traces.push_back(mount.point);
    for (std::string_view const path : {lab_lock_file, lab_state_dir})
        if (access(path.data(), F_OK) == 0) traces.emplace_back(path);
    return traces;
}

class LabOnThisMachine : public testing::Test {
protected:
    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "needs root";
        if (running_lab()) GTEST_SKIP() << "a lab is up that is not this test's";
        static_cast<void>(lab_down(quiet));
        ours_ = true;
    }
    void TearDown() override {
        if (!ours_) return;
        auto const left = lab_down(quiet);
        ASSERT_TRUE(left) << left.error().message;
        EXPECT_EQ(*left, std::vector<std::string>{});
        EXPECT_EQ(traces_on_host(), std::vector<std::string>{});
    }

private:
    bool ours_{false};
};

std::string said_by(std::string_view node, std::vector<std::string> const& argv) {
    auto const result = lab_exec(node, {.argv = argv});
    EXPECT_TRUE(result) << result.error().message;
    if (!result) return "";
    EXPECT_EQ(result->exit_status, 0) << result->err;
    return result->out;
}

std::string boot_id(std::string_view node) {
    return said_by(node, {"cat", "/proc/sys/kernel/random/boot_id"});
}

/// Asks again until `good`, for at most `limit`.
bool soon(std::chrono::seconds limit, std::function<bool()> const& good) {
    SteadyClock clock;
    Instant const end = clock.now() + limit;
    while (clock.now() < end) {
        if (good()) return true;
        clock.sleep_for(std::chrono::milliseconds(200), {});
    }
    return false;
}

bool healthy(bool synchronous) {
    auto password = read_file(lab_path::redis_password()).value_or("\n");
    password.pop_back();
    return ask_health(synchronous, password).first_missing().empty();
}

/// `interregnum lab up`, as a process that a test can kill.
class LabUpProcess {
public:
    LabUpProcess() {
        std::string program = INTERREGNUM_BINARY;
        std::string lab = "lab";
        std::string up = "up";
        char* argv[] = {program.data(), lab.data(), up.data(), nullptr};
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_adddup2(&actions, 1, 2);
        EXPECT_EQ(posix_spawn(&pid_, argv[0], &actions, nullptr, argv, environ), 0);
        posix_spawn_file_actions_destroy(&actions);
    }
    /// Exit status, or 128 and the signal.
    int end_with(int signal_number) {
        kill(pid_, signal_number);
        int status = 0;
        waitpid(pid_, &status, 0);
        return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }

private:
    pid_t pid_{};
};

/// A network namespace of the machine's owner. The first one on a machine makes iproute2 mount
/// /run/netns on itself, which this takes back.
class OwnersNamespace {
public:
    OwnersNamespace() : mounted_before_(is_mounted()) { ip("add"); }
    OwnersNamespace(OwnersNamespace const&) = delete;
    OwnersNamespace& operator=(OwnersNamespace const&) = delete;
    ~OwnersNamespace() {
        ip("delete");
        if (!mounted_before_) {
            EXPECT_EQ(umount2("/run/netns", UMOUNT_NOFOLLOW), 0);
        }
        rmdir("/run/netns");
    }
    static bool is_mounted() {
        return std::ranges::any_of(list_mounts(),
                                   [](Mount const& mount) { return mount.point == "/run/netns"; });
    }

private:
    static void ip(std::string const& verb) {
        auto const done = run_local({.argv = {"ip", "netns", verb, "owners-for-test"}});
        EXPECT_TRUE(done && done->exit_status == 0) << verb << (done ? done->err : "");
    }
    bool mounted_before_;
};

TEST_F(LabOnThisMachine, ANamespaceThatItsOwnerAddsMeanwhileIsNotInTheWayNorHarmed) {
    LabNode const& node = lab_nodes().front();
    ASSERT_TRUE(make_switch({}));
    ASSERT_TRUE(plug_in(node, {}));
    OwnersNamespace const owners;
    EXPECT_TRUE(OwnersNamespace::is_mounted()) << "iproute2 has changed: is this test of use?";
    // One more line, made with the other mount there already.
    LabNode const& later = lab_nodes().back();
    ASSERT_TRUE(plug_in(later, {}));
    for (LabNode const* each : {&node, &later}) {
        Status const gone = unplug(*each);
        EXPECT_TRUE(gone) << gone.error().message;
    }
    Status const gone = remove_switch();
    EXPECT_TRUE(gone) << gone.error().message;
    for (Mount const& mount : list_mounts())
        EXPECT_FALSE(mount.point.contains("interregnum")) << mount.point;
    EXPECT_EQ(lab_leftovers(), std::vector<std::string>{});
    auto const theirs = run_local({.argv = {"ip", "-n", "owners-for-test", "link", "show", "lo"}});
    EXPECT_TRUE(theirs && theirs->exit_status == 0) << "the owner's namespace is gone";
}

TEST_F(LabOnThisMachine, IsHealthyAndItsNodesAreApart) {
    auto const settings = parse_lab_settings(
        std::vector<std::string>{"patroni.synchronous_mode=true", "postgresql.work_mem=5MB"});
    ASSERT_TRUE(settings);
    auto const up = lab_up(*settings, INTERREGNUM_BINARY, quiet, {});
    ASSERT_TRUE(up) << up.error().message;
    EXPECT_EQ(running_lab(), lab_path::inventory());
    EXPECT_TRUE(healthy(true));
    EXPECT_EQ(*lab_up(*settings, INTERREGNUM_BINARY, quiet, {}), LabUp::already_up);
    auto const others = parse_lab_settings({});
    EXPECT_EQ(lab_up(*others, INTERREGNUM_BINARY, quiet, {}).error().kind, Error::Kind::invalid);
    for (LabNode const& node : lab_nodes()) {
        EXPECT_EQ(said_by(node.name, {"hostname"}), std::string(node.name) + "\n");
        EXPECT_EQ(said_by(node.name, {"systemctl", "--failed", "--no-legend"}), "");
    }
    // The settings reached the servers, and nothing leads out of the machine.
    EXPECT_EQ(said_by("db1", {"psql", "-XAtq", "-d", "host=app1 port=5000 user=drill", "-c",
                              "SHOW work_mem"}),
              "5MB\n");
    EXPECT_EQ(said_by("db1", {"ip", "route", "show", "default"}), "");
    // A unit frozen on one node runs on the others.
    said_by("db2", {"systemctl", "freeze", "patroni"});
    EXPECT_EQ(said_by("db2", {"systemctl", "show", "-P", "FreezerState", "patroni"}), "frozen\n");
    for (char const* other : {"db1", "db3"})
        EXPECT_EQ(said_by(other, {"systemctl", "show", "-P", "FreezerState", "patroni"}),
                  "running\n");
    said_by("db2", {"systemctl", "thaw", "patroni"});
    EXPECT_EQ(lab_exec("db1", {.argv = {"sh", "-c", "exit 7"}})->exit_status, 7);
    EXPECT_EQ(lab_exec("db1", {.argv = {"cat"}, .input = "to and fro"})->out, "to and fro");
}

TEST_F(LabOnThisMachine, ANodeComesBackWithItsDiskAfterAPowerLoss) {
    auto const up = lab_up(*parse_lab_settings({}), INTERREGNUM_BINARY, quiet, {});
    ASSERT_TRUE(up) << up.error().message;
    std::string const first_boot = boot_id("db3");
    EXPECT_EQ((std::set{first_boot, boot_id("db1"),
                        read_file("/proc/sys/kernel/random/boot_id").value_or("")})
                  .size(),
              3U)
        << "each node has a boot id of its own";
    said_by("db3", {"sh", "-c", "echo kept > /var/lib/kept; echo gone > /run/gone"});
    // A connection to a server without power is neither answered nor refused.
    ASSERT_TRUE(lab_power_off("db3"));
    EXPECT_TRUE(lab_power_off("db3")) << "off twice is off";
    EXPECT_EQ(lab_exec("db3", {.argv = {"true"}}).error().kind, Error::Kind::unreachable);
    auto const dialled =
        lab_exec("db1", {.argv = {"timeout", "1", "bash", "-c", "exec 3<>/dev/tcp/10.99.0.13/22"}});
    ASSERT_TRUE(dialled);
    EXPECT_EQ(dialled->exit_status, 124) << dialled->err;
    ASSERT_TRUE(lab_power_on("db3"));
    EXPECT_TRUE(lab_power_on("db3")) << "on twice is on";
    EXPECT_NE(boot_id("db3"), first_boot);
    EXPECT_EQ(said_by("db3", {"cat", "/var/lib/kept"}), "kept\n");
    EXPECT_NE(lab_exec("db3", {.argv = {"cat", "/run/gone"}})->exit_status, 0);
    EXPECT_TRUE(soon(std::chrono::seconds(60), [] { return healthy(false); }));
    EXPECT_EQ(lab_power_off("db4").error().kind, Error::Kind::invalid);
}

/// "" while the node is off.
std::string boot_id_if_on(std::string_view node) {
    auto const said = lab_exec(node, {.argv = {"cat", "/proc/sys/kernel/random/boot_id"}});
    return said && said->exit_status == 0 ? said->out : "";
}

/// A node that is still stopping may answer nothing, and then something again: its systemd kills
/// what runs in it, our `cat` too.
bool is_off(std::string_view node) {
    auto const said = lab_exec(node, {.argv = {"true"}});
    return !said && said.error().kind == Error::Kind::unreachable;
}

/// A node may take this long to stop: systemd waits 90 s for a service before it kills it.
constexpr auto stop_patience = std::chrono::seconds(110);

/// What tells why a node is neither on nor off: its process, what it printed last on its console
/// (systemd says there which service it still waits for), and what the supervisor did.
std::string last_words(std::string_view name) {
    LabNode const& node = *find_lab_node(name);
    auto const end_of = [](std::string const& path) {
        std::string text = read_file(path).value_or("");
        return text.size() > 2000 ? text.substr(text.size() - 2000) : text;
    };
    auto const running = running_node(node);
    return std::string(name) +
           (running ? ": process 1 is " +
                          read_file("/proc/" + std::to_string(running->init.pid) + "/status")
                              .value_or("gone")
                              .substr(0, 200)
                    : ": off") +
           "\nconsole: " + end_of(lab_path::console_log(node)) +
           "\nsupervisor: " + end_of(lab_path::supervisor_log());
}

void kill_supervisor() {
    auto const cgroup = cgroup2_root().value_or("") + "/interregnum-supervisor";
    std::string const pid = read_file(cgroup + "/cgroup.procs").value_or("");
    ASSERT_FALSE(pid.empty());
    kill(std::stoi(pid), SIGKILL);
    EXPECT_TRUE(soon(std::chrono::seconds(5), [] { return !supervisor_runs(); }));
}

TEST_F(LabOnThisMachine, ANodeThatRebootsComesBackByItselfAndOneThatPowersOffDoesNot) {
    auto const settings = parse_lab_settings({});
    auto const up = lab_up(*settings, INTERREGNUM_BINARY, quiet, {});
    ASSERT_TRUE(up) << up.error().message;
    EXPECT_TRUE(supervisor_runs());
    auto const comes_back = [](std::string const& node, std::vector<std::string> const& how) {
        std::string const before = boot_id(node);
        static_cast<void>(lab_exec(node, {.argv = how}));
        EXPECT_TRUE(soon(stop_patience, [&] {
            std::string const now = boot_id_if_on(node);
            return !now.empty() && now != before;
        })) << last_words(node);
    };
    comes_back("app1", {"systemctl", "reboot"});
    comes_back("app1", {"reboot", "-ff"});
    // Two at once: one waits for the other's turn.
    std::string const first = boot_id("db2");
    static_cast<void>(lab_exec("db2", {.argv = {"reboot", "-ff"}}));
    comes_back("db3", {"reboot", "-ff"});
    EXPECT_TRUE(soon(stop_patience, [&] {
        std::string const now = boot_id_if_on("db2");
        return !now.empty() && now != first;
    })) << last_words("db2");
    auto const off = lab_exec("app2", {.argv = {"systemctl", "poweroff"}});
    EXPECT_TRUE(off && off->exit_status == 0) << (off ? off->err : off.error().message);
    EXPECT_TRUE(soon(stop_patience, [] { return is_off("app2"); })) << last_words("app2");
    ASSERT_TRUE(lab_power_off("db1"));
    EXPECT_FALSE(soon(std::chrono::seconds(3), [] { return !is_off("app2") || !is_off("db1"); }))
        << "off stays off";
    ASSERT_TRUE(lab_power_on("app2"));
    ASSERT_TRUE(lab_power_on("db1"));
    // Without a supervisor a node stays down; `lab up` brings both back.
    kill_supervisor();
    EXPECT_TRUE(lab_status().value_or("").contains("supervisor does not run"));
    std::string const before = boot_id("app2");
    static_cast<void>(lab_exec("app2", {.argv = {"reboot", "-ff"}}));
    EXPECT_TRUE(soon(std::chrono::seconds(10), [] { return boot_id_if_on("app2").empty(); }));
    EXPECT_EQ(*lab_up(*settings, INTERREGNUM_BINARY, quiet, {}), LabUp::already_up);
    EXPECT_TRUE(soon(std::chrono::seconds(10), [&] {
        std::string const now = boot_id_if_on("app2");
        return !now.empty() && now != before;
    }));
    EXPECT_TRUE(soon(std::chrono::seconds(90), [] { return healthy(false); }));
}

TEST_F(LabOnThisMachine, DownRemovesALabWhoseProcessesWereAllKilled) {
    auto const up = lab_up(*parse_lab_settings({}), INTERREGNUM_BINARY, quiet, {});
    ASSERT_TRUE(up) << up.error().message;
    kill_supervisor();
    for (LabNode const& node : lab_nodes())
        if (auto const running = running_node(node)) {
            EXPECT_TRUE(kill_process(running->nspawn));
            EXPECT_TRUE(kill_process(running->init));
        }
}

TEST_F(LabOnThisMachine, DownRemovesWhatAKilledUpLeft) {
    std::minstd_rand random(std::random_device{}());
    for (int round = 0; round < 6; ++round) {
        std::chrono::milliseconds const delay(random() % 5000);
        SCOPED_TRACE("killed after " + std::to_string(delay.count()) + " ms");
        LabUpProcess up;
        SteadyClock().sleep_for(delay, {});
        up.end_with(SIGKILL);
        auto const left = lab_down(quiet);
        ASSERT_TRUE(left) << left.error().message;
        EXPECT_EQ(*left, std::vector<std::string>{});
        EXPECT_EQ(traces_on_host(), std::vector<std::string>{});
    }
}

TEST_F(LabOnThisMachine, AnInterruptedUpRemovesItself) {
    for (int const delay_ms : {200, 2500}) {
        LabUpProcess up;
        SteadyClock().sleep_for(std::chrono::milliseconds(delay_ms), {});
        EXPECT_EQ(up.end_with(SIGINT), 130);
        EXPECT_EQ(traces_on_host(), std::vector<std::string>{});
    }
}

TEST_F(LabOnThisMachine, OnlyOneAtATimeChangesIt) {
    auto const lock = LabLock::take();
    ASSERT_TRUE(lock);
    auto const second = lab_down(quiet);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, Error::Kind::refused);
}

}  // namespace
}  // namespace interregnum::test
