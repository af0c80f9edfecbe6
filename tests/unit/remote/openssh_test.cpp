// SPDX-License-Identifier: MIT
#include "harness/remote/openssh.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace interregnum {
namespace {

SshTarget const plain{.node = "db1", .address = "10.0.0.1", .client = SshClient::openssh};

std::vector<std::string> arguments(SshTarget const& target) {
    auto const words = openssh_arguments(target, "exec sh");
    EXPECT_TRUE(words) << words.error().message;
    return words.value_or(std::vector<std::string>{});
}

bool holds(std::vector<std::string> const& words, std::string const& word) {
    return std::ranges::find(words, word) != words.end();
}

TEST(OpensshArguments, EndWithTheHostAndTheLineBehindTwoDashes) {
    auto const words = arguments(plain);
    ASSERT_GE(words.size(), 4U);
    EXPECT_EQ(words.front(), "ssh");
    std::vector<std::string> const end(words.end() - 5, words.end());
    EXPECT_EQ(end, (std::vector<std::string>{"-p", "22", "--", "10.0.0.1", "exec sh"}));
}

TEST(OpensshArguments, NeverAskAndAlwaysVerify) {
    auto words = arguments(plain);
    for (char const* option : {"BatchMode=yes", "StrictHostKeyChecking=yes", "ConnectTimeout=5",
                               "ControlMaster=no", "PermitLocalCommand=no"})
        EXPECT_TRUE(holds(words, option)) << option;
    SshTarget trusting = plain;
    trusting.trust_new_host = true;
    trusting.connect_timeout = std::chrono::milliseconds(1200);
    words = arguments(trusting);
    EXPECT_TRUE(holds(words, "StrictHostKeyChecking=accept-new"));
    EXPECT_FALSE(holds(words, "StrictHostKeyChecking=yes"));
    EXPECT_TRUE(holds(words, "ConnectTimeout=2"));
}

TEST(OpensshArguments, WhatIsNotGivenIsLeftToTheConfiguration) {
    for (std::string const& word : arguments(plain)) {
        EXPECT_FALSE(word.starts_with("IdentityFile")) << word;
        EXPECT_FALSE(word.starts_with("UserKnownHostsFile")) << word;
        EXPECT_NE(word, "-l");
    }
    SshTarget full = plain;
    full.user = "admin";
    full.port = 2222;
    full.key = "/keys/50% of them";
    full.host_keys = "/etc/hosts.keys";
    auto const words = arguments(full);
    for (char const* word :
         {"-l", "admin", "2222", "IdentityFile=\"/keys/50%% of them\"", "IdentitiesOnly=yes",
          "UserKnownHostsFile=\"/etc/hosts.keys\"", "GlobalKnownHostsFile=/dev/null"})
        EXPECT_TRUE(holds(words, word)) << word;
}

TEST(OpensshArguments, HostileValuesAreRefused) {
    auto const refused = [](auto change) {
        SshTarget target = plain;
        change(target);
        auto const words = openssh_arguments(target, "exec sh");
        return !words && words.error().kind == Error::Kind::invalid;
    };
    for (std::string const bad : {"-oProxyCommand=touch /tmp/x", "a b", "$(id)", "a;b", "a`id`",
                                  "a\nb", "a'b", "a|b", "ssh://x/", "user@host"})
        EXPECT_TRUE(refused([&](SshTarget& target) { target.address = bad; })) << bad;
    EXPECT_TRUE(refused([](SshTarget& target) { target.address = ""; }));
    for (std::string const bad : {"-oProxyCommand=x", "a b", "$(id)", "a;b", "a'b", "%h"})
        EXPECT_TRUE(refused([&](SshTarget& target) { target.user = bad; })) << bad;
    for (std::string const bad : {"/a\"b", "/a\nProxyCommand x", "/${HOME}", "relative", "/a\\b"}) {
        EXPECT_TRUE(refused([&](SshTarget& target) { target.key = bad; })) << bad;
        EXPECT_TRUE(refused([&](SshTarget& target) { target.host_keys = bad; })) << bad;
    }
}

TEST(OpensshError, TellsRefusalFromAbsence) {
    using Kind = Error::Kind;
    EXPECT_EQ(openssh_error(plain, "Host key verification failed.\r\n").kind, Kind::refused);
    EXPECT_EQ(openssh_error(plain, "a@b: Permission denied (publickey).").kind, Kind::refused);
    EXPECT_EQ(openssh_error(plain, "ssh: connect to host x port 22: Connection refused\r\n").kind,
              Kind::unreachable);
    EXPECT_EQ(openssh_error(plain, "").message, "ssh could not log in: it said nothing");
    EXPECT_LT(openssh_error(plain, std::string(100'000, 'x')).message.size(), 1000U);
}

TEST(OpensshArguments, ForwardPortsAndRunNothing) {
    auto const words =
        openssh_forward_arguments(plain, {{.local_port = 40001, .host = "10.0.0.21", .port = 5000},
                                          {.local_port = 40002, .host = "fd00::1", .port = 6379}});
    ASSERT_TRUE(words) << words.error().message;
    for (char const* word :
         {"-L", "127.0.0.1:40001:[10.0.0.21]:5000", "127.0.0.1:40002:[fd00::1]:6379",
          "SessionType=none", "ExitOnForwardFailure=yes", "StrictHostKeyChecking=yes",
          "ControlPath=none"})
        EXPECT_TRUE(holds(*words, word)) << word;
    EXPECT_FALSE(holds(*words, "ClearAllForwardings=yes"));  // it would clear ours too
    EXPECT_EQ(words->back(), "10.0.0.1");
    EXPECT_FALSE(openssh_forward_arguments(
        plain, {{.local_port = 1, .host = "a -oProxyCommand=x", .port = 2}}));
}

}  // namespace
}  // namespace interregnum
