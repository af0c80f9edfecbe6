// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "harness/lab/apt_sources.h"
#include "harness/lab/health_parse.h"
#include "harness/lab/image.h"

namespace interregnum::test {
namespace {

TEST(AptSources, KeepsDebiansOwnLinesOnly) {
    EXPECT_EQ(debian_lines("# deb http://deb.debian.org/debian bookworm main\n"
                           "deb http://deb.debian.org/debian/ bookworm main contrib\n"
                           "deb [arch=amd64 signed-by=/k.gpg] https://mirror.example/debian "
                           "bookworm-updates main\n"
                           "deb-src http://deb.debian.org/debian bookworm main\n"
                           "deb cdrom:[Debian]/ bookworm main\n"
                           "deb https://packages.example/apt stable main\n"
                           "deb http://deb.debian.org/debian bookworm-backports main\n"
                           "deb http://deb.debian.org/debian trixie main\n",
                           "bookworm"),
              "deb http://deb.debian.org/debian/ bookworm main contrib\n"
              "deb [arch=amd64 signed-by=/k.gpg] https://mirror.example/debian "
              "bookworm-updates main\n");
}

TEST(AptSources, KeepsDebiansOwnStanzasOnly) {
    std::string const debian =
        "Types: deb\nURIs: http://deb.debian.org/debian\nSuites: bookworm bookworm-updates\n"
        "Components: main\n";
    std::string const security =
        "Types: deb\nURIs: http://deb.debian.org/debian-security\nSuites: bookworm-security\n"
        "Components: main\n";
    std::string const vendor =
        "Types: deb\nURIs: https://packages.example/node\nSuites: nodistro\nComponents: main\n";
    std::string const disabled = "Enabled: no\n" + debian;
    EXPECT_EQ(
        debian_stanzas("# comment\n" + debian + "\n" + vendor + "\n" + disabled + "\n" + security,
                       "bookworm"),
        debian + "\n" + security);
}

TEST(AptSources, TakesOverHowTheHostFetches) {
    EXPECT_EQ(fetch_options("APT::Architecture \"amd64\";\n"
                            "Acquire::http::Proxy \"http://proxy.example:3142\";\n"
                            "Acquire::https \"\";\n"
                            "Acquire::Check-Valid-Until \"false\";\n"),
              "Acquire::http::Proxy \"http://proxy.example:3142\";\n"
              "Acquire::Check-Valid-Until \"false\";\n");
}

TEST(Image, AChangedRecipeIsAnotherImage) {
    EXPECT_EQ(image_name("a"), image_name("a"));
    EXPECT_NE(image_name("a"), image_name("b"));
}

TEST(Answers, FindTheLeaderThatRuns) {
    EXPECT_EQ(find_leader(R"({"members":[{"name":"db1","role":"replica","state":"running"},
                              {"name":"db2","role":"leader","state":"running"}]})"),
              "db2");
    EXPECT_EQ(find_leader(R"({"members":[{"name":"db2","role":"leader","state":"starting"}]})"),
              "");
    EXPECT_EQ(find_leader("{\"members\":[3]}"), "");
    EXPECT_EQ(find_leader("not json"), "");
}

TEST(Answers, CountStreamingReplicas) {
    Streaming const count = count_streaming(
        R"({"replication":[{"state":"streaming","sync_state":"sync"},
                           {"state":"streaming","sync_state":"async"},
                           {"state":"startup","sync_state":"async"}]})");
    EXPECT_EQ(count.replicas, 2);
    EXPECT_EQ(count.synchronous, 1);
    EXPECT_EQ(count_streaming("{}").replicas, 0);
}

TEST(Answers, FlattenRedisAnswers) {
    auto const flat =
        flatten_resp("*1\r\n*4\r\n$5\r\nflags\r\n$6\r\nmaster\r\n$2\r\nip\r\n$0\r\n\r\n");
    EXPECT_EQ(flat, (std::vector<std::string>{"flags", "master", "ip", ""}));
    EXPECT_EQ(resp_pairs(flat).at("flags"), "master");
    EXPECT_EQ(flatten_resp("$3\r\n$10\r\n"), (std::vector<std::string>{"$10"}));
}

TEST(Answers, AServerIsUpOnlyAfterAGoodCheck) {
    std::string const csv =
        "# pxname,svname,status,check_status\n"
        "write,FRONTEND,OPEN,\n"
        "write,db1,UP,L7OK\n"
        "write,db2,UP,INI\n"
        "write,db3,DOWN 1/2,L7OK\n"
        "write,BACKEND,UP,\n"
        "read,db2,UP,* L7OK\n"
        "read,db3,UP,L7OK\n";
    EXPECT_EQ(servers_up(csv, "write"), (std::vector<std::string>{"db1", "db2 (in doubt)"}));
    EXPECT_EQ(servers_up(csv, "read"), (std::vector<std::string>{"db2", "db3"}));
    EXPECT_TRUE(servers_up("", "write").empty());
}

}  // namespace
}  // namespace interregnum::test
