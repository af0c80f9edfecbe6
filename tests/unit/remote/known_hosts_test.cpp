// SPDX-License-Identifier: MIT
#include "harness/remote/known_hosts.h"

#include <gtest/gtest.h>

#include "harness/remote/base64.h"

namespace interregnum {
namespace {

using Match = KnownHosts::Match;

// Public keys made for this test.
constexpr std::string_view ed_text =
    "AAAAC3NzaC1lZDI1NTE5AAAAIASgkXVPN94zyxW1MvWCb34k1vNoqfXENjySodmgYIgP";
constexpr std::string_view other_ed_text =
    "AAAAC3NzaC1lZDI1NTE5AAAAIGPkpdNvWHjbVjMrRuqoN+DFGi4eWhIcadng7v0gPSn/";
constexpr std::string_view ec_text =
    "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBNoXLdb9b05zXdKxD7bzv0J+"
    "BlysuU/5VFs8Uo2GHEQdMQkiOl8dtODBHtGx/udQKhzWcFZWvzCsiRkyZfsej10=";

std::string blob(std::string_view text) { return base64_decode(text).value(); }

KnownHosts hosts(std::string const& text) {
    auto parsed = KnownHosts::parse(text, "hosts.keys");
    EXPECT_TRUE(parsed) << parsed.error().message;
    return *parsed;
}

std::string line(std::string_view host, std::string_view type, std::string_view key) {
    return std::string(host) + " " + std::string(type) + " " + std::string(key) + "\n";
}

TEST(KnownHosts, KnownChangedUnknown) {
    KnownHosts const file = hosts("# comment\n\n" + line("10.0.0.1,db1", "ssh-ed25519", ed_text));
    for (char const* host : {"10.0.0.1", "db1"}) {
        EXPECT_EQ(file.check(host, 22, blob(ed_text)), Match::known);
        EXPECT_EQ(file.check(host, 22, blob(other_ed_text)), Match::changed);
    }
    EXPECT_EQ(file.check("10.0.0.2", 22, blob(ed_text)), Match::unknown);
    EXPECT_EQ(hosts("").check("10.0.0.1", 22, blob(ed_text)), Match::unknown);
}

TEST(KnownHosts, AKeyOfAnotherTypeIsNeitherKnownNorUnknown) {
    KnownHosts const file = hosts(line("db1", "ssh-ed25519", ed_text));
    EXPECT_EQ(file.check("db1", 22, blob(ec_text)), Match::other);
    EXPECT_EQ(file.check("db1", 22, "nonsense"), Match::other);
    EXPECT_EQ(file.check("db2", 22, "nonsense"), Match::unknown);
}

TEST(KnownHosts, OneOfSeveralKeysIsEnough) {
    KnownHosts const file =
        hosts(line("db1", "ssh-ed25519", other_ed_text) + line("db1", "ssh-ed25519", ed_text) +
              line("db1", "ecdsa-sha2-nistp256", ec_text));
    EXPECT_EQ(file.check("db1", 22, blob(ed_text)), Match::known);
    EXPECT_EQ(file.check("db1", 22, blob(ec_text)), Match::known);
    EXPECT_EQ(file.types("db1", 22),
              (std::vector<std::string>{"ssh-ed25519", "ecdsa-sha2-nistp256"}));
    EXPECT_TRUE(file.types("db2", 22).empty());
}

TEST(KnownHosts, APortIsPartOfTheName) {
    KnownHosts const file = hosts(line("[db1]:2222", "ssh-ed25519", ed_text));
    EXPECT_EQ(file.check("db1", 2222, blob(ed_text)), Match::known);
    EXPECT_EQ(file.check("db1", 2222, blob(other_ed_text)), Match::changed);
    EXPECT_EQ(file.check("db1", 22, blob(ed_text)), Match::unknown);
    EXPECT_EQ(file.check("db1", 2223, blob(ed_text)), Match::unknown);
    EXPECT_EQ(file.types("db1", 2222), std::vector<std::string>{"ssh-ed25519"});
}

TEST(KnownHosts, AnEntryWithoutPortCanVouchForAnotherPortButNotAccuse) {
    KnownHosts const file = hosts(line("db1", "ssh-ed25519", ed_text));
    EXPECT_EQ(file.check("db1", 2222, blob(ed_text)), Match::known);
    EXPECT_EQ(file.check("db1", 2222, blob(other_ed_text)), Match::unknown);
}

TEST(KnownHosts, HashedNames) {
    // Written by ssh-keygen -H for [10.0.0.7]:2222 and 10.0.0.8.
    KnownHosts const file =
        hosts(line("|1|f6Zfu2EwbSPDwZgRF9dE/ZBg7lo=|Aci582qGO9uvr+D39/4adSR0Z2E=", "ssh-ed25519",
                   ed_text) +
              line("|1|jfafRMhL3LxSzsHuE5LpXGhBp0Y=|bFo07/B+kDE0cr3M5BfV3Y+6rSw=", "ssh-ed25519",
                   ed_text));
    EXPECT_EQ(file.check("10.0.0.7", 2222, blob(ed_text)), Match::known);
    EXPECT_EQ(file.check("10.0.0.7", 2222, blob(other_ed_text)), Match::changed);
    EXPECT_EQ(file.check("10.0.0.7", 22, blob(ed_text)), Match::unknown);
    EXPECT_EQ(file.check("10.0.0.8", 22, blob(ed_text)), Match::known);
    EXPECT_EQ(file.types("10.0.0.8", 22), std::vector<std::string>{"ssh-ed25519"});
}

TEST(KnownHosts, RevokedWinsAndAuthoritiesAreLeftOut) {
    KnownHosts const file = hosts(line("db1", "ssh-ed25519", ed_text) + "@revoked " +
                                  line("db1", "ssh-ed25519", ed_text) + "@cert-authority " +
                                  line("db2", "ssh-ed25519", other_ed_text));
    EXPECT_EQ(file.check("db1", 22, blob(ed_text)), Match::revoked);
    EXPECT_EQ(file.check("db2", 22, blob(other_ed_text)), Match::unknown);
}

TEST(KnownHosts, ALineThatCannotBeReadIsNamed) {
    auto const parsed = KnownHosts::parse(line("db1", "ssh-ed25519", ed_text) + "db2\n", "h.keys");
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().kind, Error::Kind::refused);
    EXPECT_TRUE(parsed.error().message.starts_with("h.keys:2: ")) << parsed.error().message;
}

TEST(KnownHosts, AMissingFileIsEmptyOnlyWhereThatIsAllowed) {
    std::string const file = "/nonexistent/known_hosts";
    EXPECT_FALSE(KnownHosts::load(file, true));
    auto const empty = KnownHosts::load(file, false);
    ASSERT_TRUE(empty);
    EXPECT_EQ(empty->check("db1", 22, blob(ed_text)), Match::unknown);
}

}  // namespace
}  // namespace interregnum
