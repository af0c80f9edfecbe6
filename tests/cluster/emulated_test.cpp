// SPDX-License-Identifier: MIT
// Faults that the lab's kernel cannot do, on an emulated Debian machine (tests/emulated/machine)
// that the ctest fixture `emulated` boots. Its peer is a network namespace of its own on it.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "harness/base/shell_quote.h"
#include "harness/engine/node_state.h"
#include "harness/record/node_difference.h"
#include "tests/cluster/support/fault_trial.h"

namespace interregnum::test {
namespace {

using namespace std::chrono_literals;

constexpr char const* state_folder = "/run/interregnum-emulated";

LocalResult machine(std::vector<std::string> argv, Duration timeout = 60s) {
    argv.insert(argv.begin(), std::string(SOURCE_DIR) + "/tests/emulated/machine");
    auto result = run_local({.argv = std::move(argv), .timeout = timeout}, {});
    if (!result) return {.exit_status = -1, .out = "", .err = result.error().message};
    return std::move(*result);
}

/// A shell line on the machine, by the system's ssh: not the way that faults take.
std::string said(std::string const& line, Duration timeout = 60s) {
    auto result = machine({"ssh", line}, timeout);
    EXPECT_EQ(result.exit_status, 0) << line << ": " << result.err;
    while (result.out.ends_with('\n')) result.out.pop_back();
    return result.out;
}

double number(std::string const& text) {
    double value = -1;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    EXPECT_EQ(error, std::errc{}) << "no number: " << text;
    return value;
}

/// The value behind NAME in ping's words: "3 received", "time=0.2 ms".
double between(std::string const& text, std::string const& before, std::string const& after) {
    auto const begin = text.find(before);
    auto const end = text.find(after, begin + before.size());
    if (begin == std::string::npos || end == std::string::npos) {
        ADD_FAILURE() << "\"" << before << "\" is not in " << text;
        return -1;
    }
    return number(text.substr(begin + before.size(), end - begin - before.size()));
}

class Emulated : public testing::Test {
protected:
    void SetUp() override {
        LocalResult const up = machine({"status"});
        if (up.exit_status != 0) GTEST_SKIP() << up.out << up.err;
        ASSERT_EQ(said("systemd-detect-virt || true"), "qemu") << "this is no emulated machine";
        Inventory inventory{.file = "", .cluster = "emulated"};
        inventory.ssh = {.user = "root",
                         .key = std::string(state_folder) + "/key",
                         .host_keys = std::string(state_folder) + "/known_hosts",
                         .port = 2299};
        inventory.nodes = {{.name = "machine", .address = "127.0.0.1", .group = "app"}};
        inventory.power.kind = PowerAccess::Kind::sysrq;
        bench_ = std::make_unique<FaultBench>(std::move(inventory), ClusterSecrets{});
        bench_->add_bystander({.name = "peer", .address = "10.98.0.2", .group = "app"});
    }
    FaultBench& bench() { return *bench_; }
    /// Injects a fault if the machine can do it, looks, undoes, and wants the machine as before.
    void with_fault(std::string const& step, auto const& before, auto const& during,
                    auto const& after) {
        if (!known(step)) return;
        before();
        FaultTrial trial(bench(), step);
        Instant const began = bench().clock().now();
        ASSERT_TRUE(trial.inject()) << trial.why();
        during();
        EXPECT_TRUE(trial.undo()) << trial.why();
        after();
        EXPECT_EQ(trial.unclean(), std::vector<std::string>{});
        RecordProperty("seconds", static_cast<int>((bench().clock().now() - began) / 1s));
    }

private:
    /// A kind that is not part of this program cannot have been proved.
    static bool known(std::string const& step) {
        auto const begin = step.find(R"("fault": ")") + 10;
        std::string const name = step.substr(begin, step.find('"', begin) - begin);
        bool const there = Registry<FaultKind>::find(name) != nullptr;
        EXPECT_TRUE(there) << name << " is not registered";
        return there;
    }

    std::unique_ptr<FaultBench> bench_;
};

/// What the peer's ping says: "20 packets transmitted, 20 received, ... rtt min/avg/max/mdev =".
std::string pinged(int count, std::string const& more = "") {
    auto const result = machine({"ssh", fmt::format("ip netns exec peer ping -n -c {} -i 0.02 -W 2 "
                                                    "{} 10.98.0.1",
                                                    count, more)});
    return result.out;
}

TEST_F(Emulated, DelayedPacketsArriveLater) {
    auto const quickest = [] { return between(pinged(5), "rtt min/avg/max/mdev = ", "/"); };
    with_fault(
        R"({"fault": "network.delay", "target": "machine", "to": "peer", "delay": "300ms",
            "for": "60s"})",
        [&] { EXPECT_LT(quickest(), 150); }, [&] { EXPECT_GT(quickest(), 299); },
        [&] { EXPECT_LT(quickest(), 150); });
}

TEST_F(Emulated, DuplicatedPacketsArriveTwice) {
    with_fault(
        R"({"fault": "network.duplicate", "target": "machine", "to": "peer", "for": "60s"})",
        [] { EXPECT_FALSE(pinged(50).contains("DUP!")); },
        [] { EXPECT_TRUE(pinged(100).contains("DUP!")); },
        [] { EXPECT_FALSE(pinged(50).contains("DUP!")); });
}

TEST_F(Emulated, CorruptedPacketsAreThrownAwayByTheirChecksum) {
    // Without room for a time in the payload: between two namespaces nobody looks at the checksum
    // of what a packet carries, and a time with a bit flipped made ping wait for it (60 s, 2 of 8).
    auto const lost = [](int count) {
        return count - between(pinged(count, "-s 8"), "packets transmitted, ", " received");
    };
    with_fault(
        R"({"fault": "network.corrupt", "target": "machine", "to": "peer", "for": "60s"})",
        [&] { EXPECT_EQ(lost(50), 0); }, [&] { EXPECT_GT(lost(300), 0); },
        [&] { EXPECT_EQ(lost(50), 0); });
}

TEST_F(Emulated, ReorderedPacketsOvertakeEachOther) {
    auto const overtaken = [] {
        std::string const text = pinged(200, "-i 0.002");
        double last = 0;
        int count = 0;
        for (auto at = text.find("icmp_seq="); at != std::string::npos;
             at = text.find("icmp_seq=", at + 1)) {
            double const now = between(text.substr(at), "icmp_seq=", " ");
            if (now < last) ++count;
            last = now;
        }
        return count;
    };
    with_fault(
        R"({"fault": "network.reorder", "target": "machine", "to": "peer", "for": "60s"})",
        [&] { EXPECT_EQ(overtaken(), 0); }, [&] { EXPECT_GT(overtaken(), 0); },
        [&] { EXPECT_EQ(overtaken(), 0); });
}

TEST_F(Emulated, ASteppedClockIsSetBackFromTheUptime) {
    // Against the clock of this machine, which nobody touches.
    auto const ahead = [] {
        double const there = number(said("date +%s.%N"));
        auto const here = std::chrono::system_clock::now().time_since_epoch();
        return there - std::chrono::duration<double>(here).count();
    };
    double was = 0;
    for (auto const& [direction, by] : {std::pair("ahead", 3600.0), std::pair("back", -3600.0)}) {
        SCOPED_TRACE(direction);
        with_fault(
            fmt::format(R"({{"fault": "clock.step", "target": "machine", "by": "1h",
                            "direction": "{}", "for": "60s"}})",
                        direction),
            [&] { was = ahead(); }, [&] { EXPECT_NEAR(ahead() - was, by, 10); },
            [&] { EXPECT_NEAR(ahead(), was, 5); });
    }
}

TEST_F(Emulated, AClockThatSomebodySetIsSeenInTheCertificate) {
    auto const state = [&] {
        return node_states(bench().fleet(), {"machine"}, {}, "", {}, {}).at(0);
    };
    // Relative, in one process: a time in whole seconds loses its fraction each way, and two of
    // those are more than a certificate lets pass.
    auto const step = [](int seconds) {
        said(fmt::format("date -s '{:+} seconds' >/dev/null", seconds));
    };
    auto const before = state();
    ASSERT_TRUE(before.complete);
    EXPECT_EQ(record::node_differences(before, state()), std::vector<std::string>{});
    step(30);
    auto const found = record::node_differences(before, state());
    step(-30);
    ASSERT_EQ(found.size(), 1U) << fmt::format("{}", fmt::join(found, "; "));
    EXPECT_TRUE(found[0].starts_with("clock: was")) << found[0];
    EXPECT_EQ(record::node_differences(before, state()), std::vector<std::string>{});
}

/// A shell line inside the unit of Redis, so that its limits hold for it (`inside`: see the
/// machine).
std::string inside(std::string const& line) { return said("inside " + shell_quote(line)); }

/// Something that goes on inside the unit of Redis as long as this lives.
class Load {
public:
    explicit Load(std::string const& line)
        : pid_(inside("while :; do " + line + "; done </dev/null >/dev/null 2>&1 & echo $!")) {}
    Load(Load const&) = delete;
    Load& operator=(Load const&) = delete;
    ~Load() { said("kill " + pid_); }
    [[nodiscard]] std::string const& pid() const { return pid_; }

private:
    std::string pid_;
};

TEST_F(Emulated, AStarvedServiceGetsItsShareOfAProcessor) {
    // The owner's own runtime setting of another property must outlive the fault.
    said("systemctl set-property --runtime redis-server.service CPUWeight=90");
    Load const load(":");
    // Processor time, in percent of two seconds of the machine's own uptime.
    auto const share = [&] {
        return number(
            said("now() { read -r up _ </proc/uptime; echo ${up%.*}${up#*.}; }; "
                 "used() { sed 's/.*) //' /proc/" +
                 load.pid() +
                 "/stat | cut -d' ' -f12; }; a=$(now); b=$(used); sleep 2; "
                 "echo $(( ($(used) - b) * 100 / ($(now) - a) ))"));
    };
    with_fault(
        R"({"fault": "cpu.starve", "target": "machine", "service": "redis", "percent": 5,
            "for": "60s"})",
        [&] { EXPECT_GT(share(), 25); }, [&] { EXPECT_LT(share(), 12); },
        [&] { EXPECT_GT(share(), 25); });
    EXPECT_EQ(said("ls /run/systemd/system.control/redis-server.service.d"), "50-CPUWeight.conf");
    said("rm -r /run/systemd/system.control/redis-server.service.d; systemctl daemon-reload");
}

TEST_F(Emulated, AServiceUnderMemoryPressureGivesItsPagesBack) {
    Load const load("cat /usr/bin/* /usr/lib/x86_64-linux-gnu/*.so.*");
    auto const used = [] {
        return number(
            said("awk '$1 == \"file\" { print $2 }' "
                 "/sys/fs/cgroup/system.slice/redis-server.service/memory.stat"));
    };
    auto const grows_beyond = [&](double bytes) {
        Instant const end = bench().clock().now() + 30s;
        while (bench().clock().now() < end) {
            if (used() > bytes) return true;
            bench().clock().sleep_for(200ms, {});
        }
        return false;
    };
    with_fault(
        R"({"fault": "memory.pressure", "target": "machine", "service": "redis", "limit": "24MiB",
            "for": "60s"})",
        [&] { EXPECT_TRUE(grows_beyond(40e6)); }, [&] { EXPECT_LT(used(), 26e6); },
        [&] { EXPECT_TRUE(grows_beyond(40e6)); });
    EXPECT_EQ(said("systemctl is-active ssh redis-server"), "active\nactive");
}

TEST_F(Emulated, ASlowDiskTakesItsTimeForWritesToo) {
    auto const seconds_to_write = [] {
        return number(
            inside("cd /var/lib/redis; now() { read -r up _ </proc/uptime; echo $up; }; "
                   "a=$(now); dd if=/dev/zero of=trial bs=64k count=32 oflag=direct "
                   "2>/dev/null; b=$(now); rm trial; echo $a $b | awk '{ print $2 - $1 }'"));
    };
    with_fault(
        R"({"fault": "disk.slow", "target": "machine", "service": "redis", "bytes": "1MiB",
            "for": "60s"})",
        [&] { EXPECT_LT(seconds_to_write(), 1); }, [&] { EXPECT_GT(seconds_to_write(), 1.5); },
        [&] { EXPECT_LT(seconds_to_write(), 1); });
}

// Last: an emulated machine that was reset has been seen to stand still, in its boot or later.
TEST_F(Emulated, ACrashBySysrqResetsTheMachineWithoutAGoodBye) {
    auto const boot_id = [] { return said("cat /proc/sys/kernel/random/boot_id"); };
    // A service that would leave a word on the disk if it were stopped, as in any shutdown. (That
    // what was not synced is lost would be a weaker proof: any service's fsync may commit it.)
    said(
        "printf '[Service]\\nExecStart=sleep infinity\\nExecStop=sh -c \"touch /var/tmp/stopped; "
        "sync\"\\n' >/run/systemd/system/witness.service; systemctl daemon-reload; "
        "systemctl start witness; rm -f /var/tmp/stopped; echo kept >/var/tmp/kept; sync");
    EXPECT_EQ(said("systemctl stop witness; ls /var/tmp/stopped"), "/var/tmp/stopped");
    said("systemctl start witness; rm /var/tmp/stopped; sync");
    std::string const before = boot_id();
    // The next boot reads the hardware's clock, so that one which had been set apart from it would
    // be found moved.
    auto const now = std::chrono::system_clock::now().time_since_epoch();
    said(fmt::format("date -s @{:.3f} >/dev/null", std::chrono::duration<double>(now).count()));
    FaultTrial trial(bench(), R"({"fault": "node.crash", "target": "machine"})");
    ASSERT_TRUE(trial.inject()) << trial.why();
    LocalResult const again = machine({"again"}, 240s);
    ASSERT_EQ(again.exit_status, 0) << again.err;
    EXPECT_NE(boot_id(), before);
    EXPECT_EQ(said("ls /var/tmp/kept /var/tmp/stopped 2>/dev/null || :"), "/var/tmp/kept");
    EXPECT_TRUE(trial.undo()) << trial.why();
    EXPECT_EQ(trial.unclean(), std::vector<std::string>{});
    said("rm -f /var/tmp/kept");
}

}  // namespace
}  // namespace interregnum::test
