// SPDX-License-Identifier: MIT
// What only the system's `ssh` can do, and how it says no. Against real sshds.
#include <cstdlib>

#include "tests/cluster/ssh_fixture.h"

namespace interregnum::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Openssh : public SshTest {
protected:
    [[nodiscard]] SshTarget target() const {
        SshTarget target = sshd_->target();
        target.client = SshClient::openssh;
        return target;
    }
    static void expect_works(SshTarget const& target) {
        auto const result = make_ssh_transport(target)->run({.argv = {"echo", "hi"}}, {});
        ASSERT_TRUE(result) << result.error().message;
        EXPECT_EQ(result->out, "hi\n");
    }
    static Status connect(SshTarget target) {
        return make_ssh_transport(std::move(target))->connect({});
    }
};

TEST_F(Openssh, AnRsaKeyWorks) {
    sshd_->make_key("rsa", "rsa");
    sshd_->authorize("rsa");
    SshTarget target = this->target();
    target.key = sshd_->path("rsa");
    expect_works(target);
}

TEST_F(Openssh, ACertificateWorks) {
    sshd_->make_key("ca", "ed25519");
    sshd_->make_key("signed", "ed25519");
    ASSERT_TRUE(check_local({.argv = {"ssh-keygen", "-q", "-s", sshd_->path("ca"), "-I", "us", "-n",
                                      "root", sshd_->path("signed.pub")}}));
    sshd_->write("authorized_keys", "cert-authority " + sshd_->read("ca.pub"));
    SshTarget target = this->target();
    target.key = sshd_->path("signed");
    expect_works(target);
    target.client = SshClient::libssh2;
    expect_error(connect(target), Error::Kind::refused,
                 {"certificate", "\"transport\": \"openssh\""});
}

TEST_F(Openssh, WhatTheInventoryLeavesOutIsOfTheConfiguration) {
    use_ssh_config("Host shop-db1\n HostName 127.0.0.1\n User root\n IdentityFile " +
                   sshd_->path("key") + "\n UserKnownHostsFile " + sshd_->path("known_hosts") +
                   "\n");
    SshTarget target = this->target();
    target.address = "shop-db1";
    target.user = target.key = target.host_keys = "";
    expect_works(target);
}

TEST_F(Openssh, AJumpThroughAnotherHostWorks) {
    Sshd jump;
    use_ssh_config(
        "Host inner\n HostName 127.0.0.1\n ProxyJump outer\nHost outer\n HostName "
        "127.0.0.1\n User root\n Port " +
        std::to_string(jump.port()) + "\n IdentityFile " + jump.path("key") +
        "\n UserKnownHostsFile " + jump.path("known_hosts") + "\n");
    SshTarget target = this->target();
    target.address = "inner";
    sshd_->write("known_hosts", "inner " + sshd_->read("host_ed25519.pub") +
                                    "[inner]:" + std::to_string(target.port) + " " +
                                    sshd_->read("host_ed25519.pub") +
                                    sshd_->host_line("host_ed25519"));
    auto const transport = make_ssh_transport(target);
    auto const result = transport->run({.argv = {"echo", "hi"}}, {});
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->out, "hi\n");
    // It does go through there: without it nothing is left.
    jump.kill();
    EXPECT_FALSE(transport->run({.argv = {"true"}, .timeout = seconds(2)}, {}));
    expect_error(connect(target), Error::Kind::unreachable, {"Connection refused"});
    jump.start();
    expect_works(target);
    // Its host key is verified as well.
    jump.write("known_hosts", "");
    expect_error(connect(target), Error::Kind::refused, {"jump host", "verification failed"});
}

TEST_F(Openssh, AnUnknownHostIsRefusedWithWhatToDo) {
    use_ssh_config("StrictHostKeyChecking no\n");  // which is not asked
    sshd_->write("known_hosts", "");
    expect_error(connect(target()), Error::Kind::refused,
                 {"db1", "not known", "ssh-keyscan -p", sshd_->path("known_hosts"), "ssh.host_keys",
                  "--trust-new-hosts"});
    SshTarget target = this->target();
    target.trust_new_host = true;
    auto const transport = make_ssh_transport(target);
    ASSERT_TRUE(transport->connect({}));
    ASSERT_EQ(transport->notes().size(), 1U);
    EXPECT_NE(transport->notes()[0].find("host key of db1 accepted unseen"), std::string::npos);
}

TEST_F(Openssh, AChangedHostIsRefusedEvenWhereNewOnesAreTrusted) {
    sshd_->make_key("wrong", "ed25519");
    sshd_->write("known_hosts", sshd_->host_line("wrong"));
    SshTarget target = this->target();
    for (bool const trust : {false, true}) {
        target.trust_new_host = trust;
        expect_error(connect(target), Error::Kind::refused, {"db1", "does not accept a changed"});
    }
}

TEST_F(Openssh, AKeyThatIsNotAcceptedIsNamed) {
    sshd_->make_key("stranger", "ed25519");
    SshTarget target = this->target();
    target.key = sshd_->path("stranger");
    expect_error(connect(target), Error::Kind::refused,
                 {"stranger", "no key is accepted", "Permission denied", "ssh -v"});
}

TEST_F(Openssh, AKeyWithAPassphraseIsNotAskedFor) {
    sshd_->make_key("locked", "ed25519", "sesame");
    sshd_->authorize("locked");
    SshTarget target = this->target();
    target.key = sshd_->path("locked");
    Instant const before = SteadyClock().now();
    expect_error(connect(target), Error::Kind::refused, {"locked", "Permission denied"});
    EXPECT_LT(SteadyClock().now() - before, seconds(4));
}

TEST_F(Openssh, NoSshClientIsSaidClearly) {
    ::setenv("PATH", sshd_->path("nowhere").c_str(), 1);
    expect_error(connect(target()), Error::Kind::refused,
                 {"ssh is not installed", "openssh-client", "libssh2"});
}

TEST_F(Openssh, SudoIsUsedForRootOnly) {
    SshTarget target = this->target();
    target.user = "drill";
    target.sudo = true;
    auto const transport = make_ssh_transport(target);
    RemoteCommand command = script("echo ${VIA_SUDO-no} $(id -u)");
    auto const as_root = transport->run(command, {});
    ASSERT_TRUE(as_root) << as_root.error().message;
    EXPECT_EQ(as_root->out, "yes 61616\n");
    command.as_root = false;
    auto const plain = transport->run(command, {});
    ASSERT_TRUE(plain) << plain.error().message;
    EXPECT_EQ(plain->out, "no 61616\n");
    sshd_->write("no-sudo", "");
    expect_error(make_ssh_transport(target)->run({.argv = {"true"}}, {}), Error::Kind::refused,
                 {"sudo -n", "a password is required", "NOPASSWD"});
}

TEST_F(Openssh, SomebodySilentIsUnreachableInTimeAndAStopEndsTheWait) {
    std::uint16_t port = 0;
    UniqueFd const mute = Sshd::silent_listener(port, 5);
    SshTarget target = this->target();
    target.port = port;
    target.connect_timeout = milliseconds(300);
    Instant before = SteadyClock().now();
    expect_error(connect(target), Error::Kind::unreachable, {"no answer in time"});
    EXPECT_LT(SteadyClock().now() - before, seconds(2));
    target.connect_timeout = seconds(60);
    std::stop_source const source;
    std::jthread const stopper([&source] {
        SteadyClock().sleep_for(milliseconds(100), {});
        source.request_stop();
    });
    before = SteadyClock().now();
    auto const transport = make_ssh_transport(target);
    expect_error(transport->connect(source.get_token()), Error::Kind::stopped, {"db1"});
    EXPECT_LT(SteadyClock().now() - before, seconds(5));
}

TEST_F(Openssh, HostileNamesStartNothing) {
    std::string const trace = sshd_->path("trace");
    SshTarget target = this->target();
    for (std::string const& bad : {"-oProxyCommand=touch " + trace, "$(touch " + trace + ")",
                                   "x;touch " + trace, "x\ntouch " + trace}) {
        target.address = bad;
        expect_error(connect(target), Error::Kind::invalid, {});
        target = this->target();
        target.user = bad;
        expect_error(connect(target), Error::Kind::invalid, {});
        target = this->target();
        target.key = bad;
        expect_error(connect(target), Error::Kind::invalid, {});
        target = this->target();
    }
    EXPECT_FALSE(std::filesystem::exists(trace));
}

}  // namespace
}  // namespace interregnum::test
