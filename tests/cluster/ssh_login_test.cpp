// SPDX-License-Identifier: MIT
// Who we log in to and as whom: host keys, key files, the agent, sudo. Against a real sshd.
#include <cstdlib>

#include <fcntl.h>

#include "tests/cluster/ssh_fixture.h"

namespace interregnum::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class SshLogin : public SshTest {
protected:
    static Status connect(SshTarget target) {
        return make_ssh_transport(std::move(target))->connect({});
    }
    /// As `ssh-keygen -l` prints it.
    [[nodiscard]] std::string fingerprint(std::string const& key) const {
        auto const said =
            check_local({.argv = {"ssh-keygen", "-l", "-f", sshd_->path(key + ".pub")}});
        EXPECT_TRUE(said);
        std::string const text = said.value_or("");
        std::size_t const from = text.find("SHA256:");
        return text.substr(from, text.find(' ', from) - from);
    }
};

TEST_F(SshLogin, KnownHostAndEd25519KeyFile) {
    auto const transport = make_ssh_transport(sshd_->target());
    Status const first = transport->connect({});
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_TRUE(transport->connect({}));
    EXPECT_TRUE(transport->notes().empty());
    auto const result = transport->run({.argv = {"id", "-u"}}, {});
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->out, "0\n");
}

TEST_F(SshLogin, HashedKnownHosts) {
    ASSERT_TRUE(check_local({.argv = {"ssh-keygen", "-H", "-f", sshd_->path("known_hosts")}}));
    EXPECT_EQ(sshd_->read("known_hosts").find("127.0.0.1"), std::string::npos);
    Status const status = connect(sshd_->target());
    EXPECT_TRUE(status) << status.error().message;
}

TEST_F(SshLogin, AHostOfWhichOnlyAnotherTypeOfKeyIsKnownIsAskedForThatType) {
    sshd_->write("known_hosts", sshd_->host_line("host_ecdsa"));
    Status const status = connect(sshd_->target());
    EXPECT_TRUE(status) << status.error().message;
}

TEST_F(SshLogin, AnUnknownHostIsRefusedWithWhatToDo) {
    sshd_->write("known_hosts", "");
    expect_error(connect(sshd_->target()), Error::Kind::refused,
                 {"db1", fingerprint("host_ed25519"), sshd_->path("known_hosts"), "ssh-keyscan -p",
                  "ssh.host_keys", "--trust-new-hosts"});
}

TEST_F(SshLogin, AnUnknownHostIsTrustedWhereThatIsAskedForAndNoted) {
    sshd_->write("known_hosts", "");
    SshTarget target = sshd_->target();
    target.trust_new_host = true;
    auto const transport = make_ssh_transport(target);
    ASSERT_TRUE(transport->connect({}));
    EXPECT_EQ(transport->notes(),
              std::vector<std::string>{"host key of db1 accepted unseen (--trust-new-hosts): "
                                       "ssh-ed25519 " +
                                       fingerprint("host_ed25519")});
}

TEST_F(SshLogin, AChangedHostIsRefusedEvenWhereNewOnesAreTrusted) {
    sshd_->make_key("wrong", "ed25519");
    sshd_->write("known_hosts", sshd_->host_line("wrong"));
    SshTarget target = sshd_->target();
    for (bool const trust : {false, true}) {
        target.trust_new_host = trust;
        expect_error(connect(target), Error::Kind::refused,
                     {"db1", fingerprint("host_ed25519"), sshd_->path("known_hosts"),
                      "does not accept a changed key"});
    }
}

TEST_F(SshLogin, AHostThatHidesTheKnownTypeIsRefusedEvenWhereNewOnesAreTrusted) {
    sshd_->make_key("rsa", "rsa");
    sshd_->write("known_hosts", sshd_->host_line("rsa"));
    SshTarget target = sshd_->target();
    target.trust_new_host = true;
    expect_error(connect(target), Error::Kind::refused, {"only keys of type ssh-rsa"});
}

TEST_F(SshLogin, AMissingFileOfHostKeysIsNamed) {
    SshTarget target = sshd_->target();
    target.host_keys = sshd_->path("nowhere");
    expect_error(connect(target), Error::Kind::refused, {sshd_->path("nowhere")});
}

TEST_F(SshLogin, AKeyThatIsNotAcceptedIsNamed) {
    sshd_->make_key("stranger", "ed25519");
    SshTarget target = sshd_->target();
    target.key = sshd_->path("stranger");
    expect_error(connect(target), Error::Kind::refused, {"stranger", "not accepted", "root"});
}

TEST_F(SshLogin, AnRsaKeyIsRefusedWithTheReason) {
    sshd_->make_key("rsa", "rsa");
    sshd_->authorize("rsa");
    SshTarget target = sshd_->target();
    target.key = sshd_->path("rsa");
    expect_error(connect(target), Error::Kind::refused,
                 {"RSA", "SHA-1", "\"transport\": \"openssh\"", "ed25519"});
}

TEST_F(SshLogin, AnEcdsaKeyWorks) {
    sshd_->make_key("ec", "ecdsa");
    sshd_->authorize("ec");
    SshTarget target = sshd_->target();
    target.key = sshd_->path("ec");
    Status const status = connect(target);
    EXPECT_TRUE(status) << status.error().message;
}

TEST_F(SshLogin, AKeyFileThatIsMissingOrOpenToOthersIsNotEvenOffered) {
    SshTarget target = sshd_->target();
    target.port = 1;  // nobody listens there: it must not come that far
    target.key = sshd_->path("nothing");
    expect_error(connect(target), Error::Kind::refused, {"nothing", "No such file"});
    target.key = sshd_->path("key");
    std::filesystem::permissions(target.key, std::filesystem::perms(0644));
    expect_error(connect(target), Error::Kind::refused, {"chmod 600"});
}

/// A real ssh-agent, and SSH_AUTH_SOCK pointing at it.
class SshAgent : public SshLogin {
protected:
    void SetUp() override {
        SshLogin::SetUp();
        ::unsetenv("SSH_AUTH_SOCK");
    }
    void TearDown() override {
        ::unsetenv("SSH_AUTH_SOCK");
        if (agent_ > 0) {
            ::kill(agent_, SIGKILL);
            ::waitpid(agent_, nullptr, 0);
        }
    }
    void start_agent() {
        socket_ = sshd_->path("agent");
        std::vector<std::string> words{"setpriv", "--pdeathsig", "KILL", "ssh-agent",
                                       "-D",      "-a",          socket_};
        std::vector<char*> argv;
        argv.reserve(words.size() + 1);
        for (std::string& word : words) argv.push_back(word.data());
        argv.push_back(nullptr);
        posix_spawn_file_actions_t quiet;
        posix_spawn_file_actions_init(&quiet);
        posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
        ASSERT_EQ(::posix_spawnp(&agent_, "setpriv", &quiet, nullptr, argv.data(), environ), 0);
        posix_spawn_file_actions_destroy(&quiet);
        ASSERT_TRUE(soon([this] { return std::filesystem::exists(socket_); }));
        ::setenv("SSH_AUTH_SOCK", socket_.c_str(), 1);
    }
    void add(std::string const& key, std::string const& passphrase = "") {
        sshd_->write("askpass", "#!/bin/sh\necho " + passphrase + "\n");
        std::filesystem::permissions(sshd_->path("askpass"), std::filesystem::perms(0755));
        auto const added =
            check_local({.argv = {"ssh-add", "-q", sshd_->path(key)},
                         .environment = {"SSH_ASKPASS=" + sshd_->path("askpass"),
                                         "SSH_ASKPASS_REQUIRE=force", "SSH_AUTH_SOCK=" + socket_}});
        ASSERT_TRUE(added) << added.error().message;
    }
    pid_t agent_{-1};
    std::string socket_;
};

TEST_F(SshAgent, ItsKeysAreTriedUntilOneIsAccepted) {
    start_agent();
    sshd_->make_key("stranger", "ed25519");
    sshd_->make_key("rsa", "rsa");
    for (char const* key : {"rsa", "stranger", "key"}) add(key);
    SshTarget target = sshd_->target();
    target.key = "";
    Status const status = connect(target);
    EXPECT_TRUE(status) << status.error().message;
}

TEST_F(SshAgent, NoneAcceptedSaysWhichWereTried) {
    start_agent();
    sshd_->make_key("stranger", "ed25519");
    add("stranger");
    SshTarget target = sshd_->target();
    target.key = "";
    expect_error(connect(target), Error::Kind::refused, {"no key of the ssh agent", "stranger"});
}

TEST_F(SshAgent, NoAgentAndNoKeySaysWhatToDo) {
    SshTarget target = sshd_->target();
    target.key = "";
    expect_error(connect(target), Error::Kind::refused, {"SSH_AUTH_SOCK", "ssh.key"});
    start_agent();
    expect_error(connect(target), Error::Kind::refused, {"holds no key", "ssh-add"});
}

TEST_F(SshAgent, AnEncryptedKeyFileNeedsTheAgentThatHoldsIt) {
    sshd_->make_key("locked", "ed25519", "sesame");
    sshd_->authorize("locked");
    SshTarget target = sshd_->target();
    target.key = sshd_->path("locked");
    expect_error(connect(target), Error::Kind::refused,
                 {"locked is encrypted", "SSH_AUTH_SOCK", "ssh-add"});
    start_agent();
    expect_error(connect(target), Error::Kind::refused,
                 {"locked is encrypted", "does not hold it"});
    add("locked", "sesame");
    Status const status = connect(target);
    EXPECT_TRUE(status) << status.error().message;
}

TEST_F(SshAgent, AnAgentThatHangsDoesNotHangUs) {
    start_agent();
    add("key");
    ASSERT_EQ(::kill(agent_, SIGSTOP), 0);
    SshTarget target = sshd_->target();
    target.key = "";
    target.connect_timeout = milliseconds(500);
    Instant const before = SteadyClock().now();
    expect_error(connect(target), Error::Kind::refused, {"ssh agent", "no answer in time"});
    EXPECT_LT(SteadyClock().now() - before, seconds(3));
}

TEST_F(SshLogin, SudoIsUsedForRootOnly) {
    SshTarget target = sshd_->target();
    target.user = "drill";
    target.sudo = true;
    auto const transport = make_ssh_transport(target);
    RemoteCommand command = script("echo ${VIA_SUDO-no} $(id -u)");
    auto const as_root = transport->run(command, {});
    ASSERT_TRUE(as_root) << as_root.error().message;
    EXPECT_EQ(as_root->out, "yes 61616\n");  // this sudo cannot make anybody root
    command.as_root = false;
    auto const plain = transport->run(command, {});
    ASSERT_TRUE(plain) << plain.error().message;
    EXPECT_EQ(plain->out, "no 61616\n");
}

TEST_F(SshLogin, ASudoThatWantsAPasswordIsRefusedWithWhatToDo) {
    sshd_->write("no-sudo", "");
    SshTarget target = sshd_->target();
    target.user = "drill";
    target.sudo = true;
    auto const transport = make_ssh_transport(target);
    expect_error(transport->run({.argv = {"true"}}, {}), Error::Kind::refused,
                 {"sudo -n", "a password is required", "NOPASSWD"});
    EXPECT_TRUE(transport->run({.argv = {"true"}, .as_root = false}, {}));
}

TEST_F(SshLogin, NobodyThereIsUnreachable) {
    SshTarget target = sshd_->target();
    sshd_->kill();
    expect_error(connect(target), Error::Kind::unreachable, {"db1", "Connection refused"});
    target.address = "no-such-host.invalid";
    expect_error(connect(target), Error::Kind::unreachable, {"no-such-host.invalid"});
}

TEST_F(SshLogin, SomebodySilentIsUnreachableInTime) {
    std::uint16_t port = 0;
    UniqueFd const mute = Sshd::silent_listener(port, 5);
    SshTarget target = sshd_->target();
    target.port = port;
    target.connect_timeout = milliseconds(300);
    Instant const before = SteadyClock().now();
    expect_error(connect(target), Error::Kind::unreachable, {"handshake", "no answer in time"});
    EXPECT_LT(SteadyClock().now() - before, seconds(2));
}

TEST_F(SshLogin, PacketsThatVanishAreUnreachableInTime) {
    std::uint16_t port = 0;
    UniqueFd const full = Sshd::silent_listener(port, 0);
    std::vector<UniqueFd> waiting;  // fill its queue, so that the next SYN is dropped
    waiting.reserve(4);
    for (int i = 0; i < 4; ++i) waiting.push_back(Sshd::begin_connect(port));
    SshTarget target = sshd_->target();
    target.port = port;
    target.connect_timeout = milliseconds(300);
    Instant const before = SteadyClock().now();
    expect_error(connect(target), Error::Kind::unreachable, {"connecting", "no answer in time"});
    EXPECT_LT(SteadyClock().now() - before, seconds(2));
}

TEST_F(SshLogin, AStopEndsTheWaitAtOnce) {
    std::uint16_t port = 0;
    UniqueFd const mute = Sshd::silent_listener(port, 5);
    SshTarget target = sshd_->target();
    target.port = port;
    target.connect_timeout = seconds(60);
    std::stop_source const source;
    std::jthread const stopper([&source] {
        SteadyClock().sleep_for(milliseconds(100), {});
        source.request_stop();
    });
    Instant const before = SteadyClock().now();
    auto const transport = make_ssh_transport(target);
    expect_error(transport->connect(source.get_token()), Error::Kind::stopped, {"db1"});
    EXPECT_LT(SteadyClock().now() - before, seconds(5));
}

}  // namespace
}  // namespace interregnum::test
