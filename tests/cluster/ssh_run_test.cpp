// SPDX-License-Identifier: MIT
// What a command gets and what comes back, through a real sshd.
#include <algorithm>
#include <iostream>

#include "tests/cluster/ssh_fixture.h"

namespace interregnum::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class SshRun : public SshClientTest {
protected:
    void SetUp() override {
        SshTest::SetUp();
        if (IsSkipped() || HasFatalFailure()) return;
        transport_ = make_ssh_transport(target());
    }
    RemoteResult run(RemoteCommand const& command) {
        auto result = transport_->run(command, {});
        EXPECT_TRUE(result) << result.error().message;
        return result ? *result : RemoteResult{.exit_status = -1};
    }
    std::unique_ptr<Transport> transport_;
};

TEST_P(SshRun, ArgumentsArriveAsTheyAre) {
    std::vector<std::string> argv{"printf",
                                  "%s\\0",
                                  "",
                                  "-rf",
                                  "--",
                                  "it's",
                                  "a b",
                                  "\n",
                                  "x\n",
                                  "$(id)",
                                  "`id`",
                                  "$HOME",
                                  "*",
                                  "~",
                                  "\\",
                                  "\"",
                                  "!!",
                                  ";",
                                  "&",
                                  "A=B",
                                  all_bytes(),
                                  std::string(100'000, '\''),
                                  "\xff\xfe\xfd"};
    std::string expected;
    for (std::size_t i = 2; i < argv.size(); ++i) expected += argv[i] + std::string(1, '\0');
    RemoteResult const result = run({.argv = argv});
    EXPECT_EQ(result.exit_status, 0) << result.err;
    EXPECT_EQ(result.out, expected);
}

TEST_P(SshRun, StreamsAreApartAndTheStatusIsTold) {
    for (int const status : {0, 1, 2, 42, 126, 127, 255}) {
        RemoteResult const result =
            run(script("printf out; printf err >&2; exit " + std::to_string(status)));
        EXPECT_EQ(result.exit_status, status);
        EXPECT_EQ(result.out, "out");
        EXPECT_EQ(result.err, "err");
        EXPECT_LE(result.sent, result.returned);
    }
}

TEST_P(SshRun, AnUnknownProgramIs127AndASignalIs128PlusItsNumber) {
    EXPECT_EQ(run({.argv = {"no-such-program"}}).exit_status, 127);
    EXPECT_EQ(run({.argv = {"/etc/passwd"}}).exit_status, 126);
    EXPECT_EQ(run({.argv = {""}}).exit_status, 127);
    EXPECT_EQ(run(script("kill -TERM $$")).exit_status, 143);
    EXPECT_EQ(run(script("kill -KILL $$")).exit_status, 137);
    EXPECT_EQ(run(script("kill -SEGV $$")).exit_status, 139);
}

TEST_P(SshRun, NoCommandCanTouchTheOpenShell) {
    std::string const shell = run(script("cut -d' ' -f4 /proc/$PPID/stat")).out;
    for (std::string const word : {"exit", "exec", "cd", "set", "trap", "return", "ulimit"})
        EXPECT_EQ(run({.argv = {word, "1"}}).exit_status, 127) << word;
    EXPECT_EQ(run(script("cat; read line; echo \"got [$line]\"")).out, "got []\n");
    EXPECT_EQ(run(script("exec 0<&- 1>&- 2>&-; exit 5")).exit_status, 5);
    EXPECT_EQ(run({.argv = {"pwd"}}).out, "/\n");
    EXPECT_EQ(run(script("cut -d' ' -f4 /proc/$PPID/stat")).out, shell) << "another shell";
}

TEST_P(SshRun, TheEnvironmentIsPlain) {
    RemoteResult const result = run(script("echo $LC_ALL; echo $PATH"));
    EXPECT_TRUE(result.out.starts_with("C\n"));
    EXPECT_NE(result.out.find(":/usr/sbin:"), std::string::npos) << result.out;
}

TEST_P(SshRun, InputArrivesWhateverItHolds) {
    std::string const binary = all_bytes() + std::string(3, '\0') + all_bytes();
    EXPECT_EQ(run({.argv = {"cat"}, .input = binary}).out, binary);
    EXPECT_EQ(run({.argv = {"cat"}, .input = "no newline"}).out, "no newline");
    EXPECT_EQ(run({.argv = {"sh", "-s", "a b"}, .input = "printf '%s|' \"$1\"; exit 4\n"}).out,
              "a b|");
    EXPECT_EQ(run({.argv = {"sh", "-s"}, .input = "exit 4\n"}).exit_status, 4);
    // A program that does not read it.
    EXPECT_EQ(run({.argv = {"true"}, .input = std::string(200'000, 'x')}).exit_status, 0);
}

TEST_P(SshRun, AMebibyteOfInputComesBack) {
    std::string input(1U << 20U, '\0');
    for (std::size_t i = 0; i < input.size(); ++i) input[i] = static_cast<char>(i * 31 + i / 256);
    RemoteResult const result = run({.argv = {"cat"}, .input = input});
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_TRUE(result.out == input);
}

TEST_P(SshRun, OutputUpToTheLimitOnBothStreams) {
    RemoteResult const result = run(
        script("head -c 1048576 /dev/zero | tr '\\0' o & head -c 1048576 /dev/zero | tr '\\0' e "
               ">&2; wait"));
    EXPECT_TRUE(result.out == std::string(1U << 20U, 'o')) << result.out.size();
    EXPECT_TRUE(result.err == std::string(1U << 20U, 'e')) << result.err.size();
}

TEST_P(SshRun, MoreThanTheLimitIsAnErrorAndTheCommandIsEnded) {
    RemoteCommand endless = script("echo $$ > " + sshd_->path("pid") + "; exec yes", seconds(60));
    endless.output_limit = 1000;
    Instant const before = SteadyClock().now();
    expect_error(transport_->run(endless, {}), Error::Kind::protocol,
                 {"db1", "more than 1000 bytes"});
    EXPECT_LT(SteadyClock().now() - before, seconds(10));
    RemoteResult const left = run(script("kill -0 " + sshd_->read("pid")));
    EXPECT_NE(left.exit_status, 0) << "it is still running";
    endless = script("head -c 1001 /dev/zero >&2");
    endless.output_limit = 1000;
    expect_error(transport_->run(endless, {}), Error::Kind::protocol, {"more than 1000 bytes"});
}

TEST_P(SshRun, ABackgroundChildThatHoldsTheStreamsHangsNobody) {
    Instant const before = SteadyClock().now();
    RemoteResult const result = run(script("(sleep 0.3; echo stray; sleep 30) & echo done"));
    EXPECT_EQ(result.out, "done\n");
    EXPECT_LT(SteadyClock().now() - before, seconds(5));
    SteadyClock().sleep_for(milliseconds(500), {});
    EXPECT_EQ(run({.argv = {"echo", "next"}}).out, "next\n") << "the stray line is not its";
}

TEST_P(SshRun, WhatCannotBeACommandIsRefusedHere) {
    expect_error(transport_->run({}, {}), Error::Kind::invalid, {"db1"});
    expect_error(transport_->run({.argv = {"echo", std::string("a\0b", 3)}}, {}),
                 Error::Kind::invalid, {"NUL"});
    expect_error(transport_->run({.argv = {"true"}, .timeout = seconds(0)}, {}),
                 Error::Kind::invalid, {"timeout"});
}

TEST_P(SshRun, ANoisyLoginShellIsNoMatter) {
    sshd_->kill();
    sshd_->write("passwd", "root:x:0:0:root:" + sshd_->path("home") +
                               ":/bin/bash\nsshd:x:61615:65534::/run/sshd:/usr/sbin/nologin\n");
    std::filesystem::create_directory(sshd_->path("home"));
    sshd_->write("home/.bashrc", "echo Welcome to db1; echo careful >&2\n");
    sshd_->start();
    transport_ = make_ssh_transport(target());
    RemoteResult const result = run({.argv = {"echo", "hi"}});
    EXPECT_EQ(result.out, "hi\n");
    EXPECT_EQ(result.err, "");
}

// A number to look at, not a limit: the machine may be busy.
/// A shell file on the node that leaves a mark when it is run.
class PoisedFile : public SshRun {
protected:
    void SetUp() override {
        SshRun::SetUp();
        if (IsSkipped() || HasFatalFailure()) return;
        RemoteResult const made = run(script(
            "folder=$(mktemp -d) && printf 'echo out; echo err >&2; cat; touch %s/mark; exit 4\\n' "
            "\"$folder\" >\"$folder/file\" && printf %s \"$folder\""));
        folder_ = made.out;
        ASSERT_TRUE(folder_.starts_with("/tmp/")) << made.err;
        file_ = {.argv = {"sh", folder_ + "/file"}, .bounds_itself = true};
    }
    void TearDown() override {
        if (!folder_.empty()) run({.argv = {"rm", "-rf", "--", folder_}});
        SshRun::TearDown();
    }
    bool has_run() { return run({.argv = {"test", "-e", folder_ + "/mark"}}).exit_status == 0; }
    std::string folder_;
    RemoteCommand file_;
};

TEST_P(PoisedFile, RunsWhenItIsLetGo) {
    for (bool const ahead : {false, true}) {
        ASSERT_TRUE(transport_->poise(file_, {}));
        EXPECT_TRUE(transport_->poise(file_, {})) << "it is already";
        if (ahead) {
            EXPECT_TRUE(transport_->send_ahead(file_));
        }
        RemoteResult const result = run(file_);
        EXPECT_EQ(result.exit_status, 4);
        EXPECT_EQ(result.out, "out\n");
        EXPECT_EQ(result.err, "err\n");
        EXPECT_TRUE(has_run());
        EXPECT_EQ(run(file_).exit_status, 4) << "and without being poised";
    }
}

TEST_P(PoisedFile, DoesNotRunWhereSomethingElseIsRunFirst) {
    ASSERT_TRUE(transport_->poise(file_, {}));
    EXPECT_FALSE(has_run());
    ASSERT_TRUE(transport_->poise(file_, {}));
    RemoteCommand other = file_;
    other.argv[1] += ".not";
    EXPECT_TRUE(transport_->poise(other, {})) << "the other one is poised in its place";
    EXPECT_NE(run(other).exit_status, 0);
    EXPECT_FALSE(has_run());
}

TEST_P(PoisedFile, DoesNotRunWhereItIsStopped) {
    std::stop_source source;
    ASSERT_TRUE(transport_->poise(file_, {}));
    source.request_stop();
    auto const stopped = transport_->run(file_, source.get_token());
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().kind, Error::Kind::stopped);
    EXPECT_FALSE(has_run());
}

TEST_P(PoisedFile, DoesNotRunWhereItsControllerIsGone) {
    ASSERT_TRUE(transport_->poise(file_, {}));
    transport_ = make_ssh_transport(target());
    EXPECT_FALSE(has_run());
}

TEST_P(PoisedFile, IsNotWhatAnyOtherCommandIs) {
    EXPECT_FALSE(transport_->poise({.argv = {"true"}}, {}));
    RemoteCommand bounded = file_;
    bounded.bounds_itself = false;
    EXPECT_FALSE(transport_->poise(bounded, {}));
    EXPECT_FALSE(make_ssh_transport(target())->poise(file_, {})) << "no session yet";
    EXPECT_EQ(run({.argv = {"true"}}).exit_status, 0);
}

TEST_P(SshRun, LatencyOfACommandThroughTheOpenShell) {
    ASSERT_TRUE(transport_->connect({}));
    std::vector<Duration> took;
    for (int i = 0; i < 500; ++i) {
        RemoteResult const result = run({.argv = {"true"}});
        took.push_back(result.returned - result.sent);
    }
    std::ranges::sort(took);
    auto const micros = [&took](std::size_t i) {
        return std::chrono::duration_cast<std::chrono::microseconds>(took[i]).count();
    };
    std::cout << "`true` through the open shell: median " << micros(250) << " us, p95 "
              << micros(475) << " us, max " << micros(499) << " us\n";
    RecordProperty("median_us", std::to_string(micros(250)));
    EXPECT_EQ(took.size(), 500U);
}

INSTANTIATE_TEST_SUITE_P(Clients, SshRun, both_clients, client_name);
INSTANTIATE_TEST_SUITE_P(Clients, PoisedFile, both_clients, client_name);

}  // namespace
}  // namespace interregnum::test
