// SPDX-License-Identifier: MIT
// Timeouts, stops, and hosts that go away in the middle. Against a real sshd.
#include "tests/cluster/ssh_fixture.h"

namespace interregnum::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class SshTrouble : public SshClientTest {
protected:
    void SetUp() override {
        SshTest::SetUp();
        if (IsSkipped() || HasFatalFailure()) return;
        transport_ = make_ssh_transport(target());
        Status const connected = transport_->connect({});
        ASSERT_TRUE(connected) << connected.error().message;
        // Seen from a command: its parent is `timeout`, whose parent is the shell, whose parent
        // is sshd's process for this session.
        shell_ = output("cut -d' ' -f4 /proc/$PPID/stat");
        session_ = output("cut -d' ' -f4 /proc/" + shell_ + "/stat");
    }
    std::string output(std::string const& text) {
        auto const result = transport_->run(script(text), {});
        EXPECT_TRUE(result) << result.error().message;
        std::string out = result ? result->out : "";
        while (out.ends_with('\n')) out.pop_back();
        return out;
    }
    /// A command that tells its pid to a file and then sleeps.
    [[nodiscard]] RemoteCommand sleeper(Duration timeout) const {
        return script("echo $$ > " + sshd_->path("pid") + "; sleep 1000; :", timeout);
    }
    bool sleeper_started() {
        return soon([this] { return sshd_->read("pid").ends_with('\n'); });
    }
    /// Asked by another session, so that ours is not disturbed.
    bool sleeper_lives() {
        auto const other = make_ssh_transport(target());
        auto const result = other->run(script("kill -0 " + sshd_->read("pid")), {});
        EXPECT_TRUE(result) << result.error().message;
        return result && result->exit_status == 0;
    }
    void expect_works() {
        auto const result = transport_->run({.argv = {"echo", "again"}}, {});
        ASSERT_TRUE(result) << result.error().message;
        EXPECT_EQ(result->out, "again\n");
    }

    std::unique_ptr<Transport> transport_;
    std::string shell_;
    std::string session_;
};

TEST_P(SshTrouble, ATimeoutKillsTheCommandOnTheNodeAndKeepsTheShell) {
    Instant const before = SteadyClock().now();
    expect_error(transport_->run(sleeper(milliseconds(300)), {}), Error::Kind::timeout,
                 {"db1", "did not end within 300ms", "killed"});
    Duration const took = SteadyClock().now() - before;
    EXPECT_GE(took, milliseconds(300));
    EXPECT_LT(took, seconds(3));
    EXPECT_FALSE(sleeper_lives());
    EXPECT_EQ(output("cut -d' ' -f4 /proc/$PPID/stat"), shell_);
}

TEST_P(SshTrouble, ATimeoutLeavesWhatHasASessionOfItsOwn) {
    // A node-side timer that an inject command started must outlive that command.
    RemoteCommand const command =
        script("setsid sh -c 'echo $$ > " + sshd_->path("pid") +
                   "; sleep 1000; :' </dev/null >/dev/null 2>&1 & sleep 1000",
               milliseconds(500));
    expect_error(transport_->run(command, {}), Error::Kind::timeout, {"killed"});
    EXPECT_TRUE(sleeper_lives());
}

TEST_P(SshTrouble, AStopEndsTheCommandOnTheNodeAtOnce) {
    std::stop_source const source;
    std::jthread const stopper([&] {
        EXPECT_TRUE(sleeper_started());
        source.request_stop();
    });
    Instant const before = SteadyClock().now();
    expect_error(transport_->run(sleeper(seconds(60)), source.get_token()), Error::Kind::stopped,
                 {"db1", "stopped while"});
    EXPECT_LT(SteadyClock().now() - before, seconds(8));
    EXPECT_FALSE(sleeper_lives());
    expect_works();
}

TEST_P(SshTrouble, AStopAlsoEndsACommandThatIsFedInput) {
    std::stop_source const source;
    std::jthread const stopper([&] {
        EXPECT_TRUE(sleeper_started());
        source.request_stop();
    });
    RemoteCommand command = sleeper(seconds(60));
    command.input = std::string(500'000, 'x');
    expect_error(transport_->run(command, source.get_token()), Error::Kind::stopped, {"db1"});
    EXPECT_FALSE(sleeper_lives());
    expect_works();
}

TEST_P(SshTrouble, AnOldStopSendsNothing) {
    std::stop_source const source;
    source.request_stop();
    auto const fresh = make_ssh_transport(target());
    expect_error(fresh->run(sleeper(seconds(60)), source.get_token()), Error::Kind::stopped, {});
    EXPECT_EQ(sshd_->read("pid"), "");
}

TEST_P(SshTrouble, ACommandThatKillsItsSessionMayHaveRunAndTheNextCallReconnects) {
    expect_error(
        transport_->run(script("kill -KILL " + session_ + "; sleep 1000", seconds(60)), {}),
        Error::Kind::protocol, {"db1", "may have run"});
    expect_works();
}

TEST_P(SshTrouble, ACommandThatKillsItsShellMayHaveRunAndTheNextCallReconnects) {
    expect_error(transport_->run(script("kill -KILL " + shell_, seconds(60)), {}),
                 Error::Kind::protocol, {"db1", "the shell ended", "may have run"});
    expect_works();
}

TEST_P(SshTrouble, ASessionThatEndedWhileIdleIsReplacedWithoutAWord) {
    auto const other = make_ssh_transport(target());
    ASSERT_TRUE(other->run(script("kill -KILL " + session_), {}));
    SteadyClock().sleep_for(milliseconds(200), {});
    expect_works();
}

TEST_P(SshTrouble, WhatASessionLeftBehindIsEndedByTheNext) {
    std::jthread const killer([&] {
        EXPECT_TRUE(sleeper_started());
        auto const other = make_ssh_transport(target());
        EXPECT_TRUE(other->run(script("kill -KILL " + session_), {}));
    });
    expect_error(transport_->run(sleeper(seconds(60)), {}), Error::Kind::protocol, {"db1"});
    // A new `ssh` gets through at once; libssh2's session is gone, so it waits for the next call.
    if (GetParam() == SshClient::libssh2) {
        EXPECT_TRUE(sleeper_lives()) << "so that the rest of this test shows something";
    }
    expect_works();
    EXPECT_FALSE(sleeper_lives());
}

TEST_P(SshTrouble, TheWholeServerDiesMidCommandAndComesBack) {
    std::jthread killer([&] {
        EXPECT_TRUE(sleeper_started());
        sshd_->kill();
    });
    expect_error(transport_->run(sleeper(seconds(60)), {}), Error::Kind::protocol, {"db1"});
    killer.join();
    expect_error(transport_->run({.argv = {"true"}}, {}), Error::Kind::unreachable,
                 {"Connection refused"});
    sshd_->start();
    expect_works();
}

TEST_P(SshTrouble, APeerThatFallsSilentIsNoticedWithinTheTimeout) {
    auto const other = make_ssh_transport(target());
    ASSERT_TRUE(other->run(script("kill -STOP " + session_), {}));
    Instant const before = SteadyClock().now();
    expect_error(transport_->run({.argv = {"true"}, .timeout = milliseconds(400)}, {}),
                 Error::Kind::timeout, {"db1", "no answer", "may have run"});
    Duration const took = SteadyClock().now() - before;
    EXPECT_GE(took, milliseconds(400));
    EXPECT_LT(took, seconds(3));
    expect_works();  // through a new session
}

TEST_P(SshTrouble, AStopIsHeardWhileThePeerIsSilent) {
    auto const other = make_ssh_transport(target());
    ASSERT_TRUE(other->run(script("kill -STOP " + session_), {}));
    std::stop_source const source;
    std::jthread const stopper([&source] {
        SteadyClock().sleep_for(milliseconds(100), {});
        source.request_stop();
    });
    Instant const before = SteadyClock().now();
    expect_error(transport_->run({.argv = {"true"}, .timeout = seconds(60)}, source.get_token()),
                 Error::Kind::stopped, {"db1"});
    EXPECT_LT(SteadyClock().now() - before, seconds(5));
}

TEST_P(SshTrouble, TooFewSessionsAllowedIsUnreachable) {
    sshd_->kill();
    sshd_->write("config", sshd_->read("config") + "MaxSessions 0\n");
    sshd_->start();
    expect_error(transport_->run({.argv = {"true"}}, {}), Error::Kind::unreachable,
                 {"MaxSessions"});
}

INSTANTIATE_TEST_SUITE_P(Clients, SshTrouble, both_clients, client_name);

}  // namespace
}  // namespace interregnum::test
