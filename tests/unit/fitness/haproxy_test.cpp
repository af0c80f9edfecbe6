// SPDX-License-Identifier: MIT
// HAProxy's configuration: what serves a port, and what makes it fit for production.
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "harness/fitness/haproxy_expect.h"
#include "harness/fitness/haproxy_pools.h"
#include "tests/unit/fitness/good_cluster.h"

namespace interregnum::test {
namespace {

using enum Severity;

/// The good configuration of app1 with others in place of the lines that have these words.
ClusterFacts exchanged(std::string_view old_line, std::vector<std::string> const& new_lines) {
    ClusterFacts facts = good_cluster();
    FitnessFacts& app = facts_of(facts, "app1");
    auto const lines = app.all("haproxy.line");
    app.replace("haproxy.line", "");
    bool found = false;
    for (std::string const& line : lines) {
        if (!line.contains(old_line)) {
            app.add("haproxy.line", line);
            continue;
        }
        found = true;
        for (std::string const& one : new_lines) app.add("haproxy.line", one);
    }
    EXPECT_TRUE(found) << old_line;
    return facts;
}

/// The same with one line exchanged; "" as new line: without it.
ClusterFacts changed(std::string_view old_line, std::string_view new_line) {
    if (new_line.empty()) return exchanged(old_line, {});
    return exchanged(old_line, {std::string(new_line)});
}

TEST(HaproxyPools, AreFoundByTheirPort) {
    ClusterFacts facts = good_cluster();
    auto const& lines = facts_of(facts, "app1").all("haproxy.line");
    auto const pools = haproxy_pools(lines, {5000, 5002, 6379, 9999});
    ASSERT_EQ(pools.size(), 3U);
    EXPECT_EQ(pools[0].name, "write");
    EXPECT_EQ(pools[0].check_path, "/primary");
    EXPECT_EQ(pools[0].servers, 2U);
    EXPECT_EQ(pools[0].checked, 2U);
    EXPECT_TRUE(pools[0].cuts_sessions);
    EXPECT_EQ(pools[0].timeout_client, "30m");
    EXPECT_EQ(pools[0].timeout_server_fin, "3s");
    EXPECT_TRUE(pools[0].limits_sessions);
    EXPECT_FALSE(pools[1].limits_sessions);
    EXPECT_EQ(pools[1].name, "replicas");
    EXPECT_EQ(pools[1].check_path, "/replica?lag=10MB");
    EXPECT_EQ(pools[1].checked, 1U) << "by default-server";
    EXPECT_FALSE(pools[1].cuts_sessions);
    EXPECT_TRUE(pools[2].checks_role);
    EXPECT_EQ(pools[2].rise, 2);
}

TEST(HaproxyPools, EachProxyHasTheDefaultsBeforeIt) {
    auto const pools = haproxy_pools(
        {"defaults one", "timeout client 1s", "defaults two", "timeout client 2s # \"", "listen a",
         "bind *:1", "server x 1.1.1.1:1", "listen b from one", "bind [::]:2 ssl", "listen c",
         "bind *:3", "timeout client 3s"},
        {1, 2, 3});
    ASSERT_EQ(pools.size(), 3U);
    EXPECT_EQ(pools[0].timeout_client, "2s");
    EXPECT_EQ(pools[1].timeout_client, "1s");
    EXPECT_EQ(pools[2].timeout_client, "3s");
}

TEST(HaproxyPools, WordsMayStandInQuotes) {
    auto const pools = haproxy_pools(
        {"listen a", "bind *:1", "option tcp-check", "tcp-check expect string \"role:master\"",
         "server x 1.1.1.1:1 check", "listen b", "bind *:2",
         "option httpchk GET '/replica?lag=10MB' # \"", "server 'y' 1.1.1.1:2 \"check\""},
        {1, 2});
    ASSERT_EQ(pools.size(), 2U);
    EXPECT_TRUE(pools[0].checks_role);
    EXPECT_EQ(pools[1].check_path, "/replica?lag=10MB");
    EXPECT_EQ(pools[1].checked, 1U);
}

TEST(HaproxyPools, ABackslashStaysWhereTheLetterNeedsNone) {
    auto const pools = haproxy_pools(
        {"listen a", "bind *:1", "option httpchk", R"(http-check expect rstatus ^2\d\d$)",
         R"(http-check expect rstatus "^2\d[0-9]\$")",
         R"(http-check expect string a\ b\\c\#d\'e\"f\$\x1b '\ \\')", "server x 1.1.1.1:1"},
        {1});
    ASSERT_EQ(pools.size(), 1U);
    EXPECT_EQ(pools[0].expects,
              (std::vector<HttpExpectation>{{"rstatus", R"(^2\d\d$)"},
                                            {"rstatus", R"(^2\d[0-9]$)"},
                                            {"string", R"(a b\c#d'e"f\$\x1b)", R"(\ \\)"}}));
    EXPECT_EQ(passes_check(pools[0].expects, 200), std::nullopt);
}

TEST(HaproxyPools, ACheckIsTheLastOptionsAndNoneWithoutOne) {
    auto const pools =
        haproxy_pools({"listen a", "bind *:1", "http-check send meth GET uri /primary",
                       "server x 1.1.1.1:1 check rise 1", "server y 1.1.1.1:2 check rise 3",
                       "defaults", "option httpchk GET /primary", "listen b", "bind *:2",
                       "option tcp-check", "default-server rise 4", "server x 1.1.1.1:1 check",
                       "listen c", "bind *:3", "option redis-check", "option httpchk",
                       "http-check send uri /replica", "server x 1.1.1.1:1 check"},
                      {1, 2, 3});
    ASSERT_EQ(pools.size(), 3U);
    EXPECT_EQ(pools[0].check_path, "") << "HAProxy only connects";
    EXPECT_EQ(pools[0].rise, 1) << "of one server";
    EXPECT_EQ(pools[1].check_path, "");
    EXPECT_TRUE(pools[1].tcp_check);
    EXPECT_EQ(pools[1].rise, 4);
    EXPECT_EQ(pools[2].check_path, "/replica");
}

TEST(HaproxyPools, ASectionsOwnExpectationsTakeThePlaceOfItsDefaults) {
    auto const pools = haproxy_pools(
        {"defaults", "option httpchk GET /primary", "http-check expect ! status 503", "listen a",
         "bind *:1", "http-check expect status 200", "http-check expect string running",
         "server x 1.1.1.1:1", "listen b", "bind *:2", "server x 1.1.1.1:1", "listen c", "bind *:3",
         "option tcp-check", "server x 1.1.1.1:1"},
        {1, 2, 3});
    ASSERT_EQ(pools.size(), 3U);
    EXPECT_EQ(pools[0].expects,
              (std::vector<HttpExpectation>{{"status", "200"}, {"string", "running"}}));
    EXPECT_EQ(pools[1].expects, (std::vector<HttpExpectation>{{"!", "status", "503"}}));
    EXPECT_TRUE(pools[2].expects.empty()) << "no HTTP is spoken";
}

TEST(HaproxyPools, ASectionWithACheckOfItsOwnInheritsNoExpectations) {
    auto const pools =
        haproxy_pools({"defaults", "option httpchk GET /primary", "http-check expect ! status 503",
                       "listen a", "bind *:1", "option httpchk GET /primary", "server x 1.1.1.1:1",
                       "listen b", "bind *:2", "http-check send meth GET uri /replica",
                       "server x 1.1.1.1:1", "listen c", "bind *:3", "http-check disable-on-404",
                       "http-check send-state", "option tcplog", "server x 1.1.1.1:1"},
                      {1, 2, 3});
    ASSERT_EQ(pools.size(), 3U);
    EXPECT_TRUE(pools[0].expects.empty());
    EXPECT_TRUE(pools[1].expects.empty());
    EXPECT_EQ(pools[2].expects, (std::vector<HttpExpectation>{{"!", "status", "503"}}))
        << "these are no rules";
}

TEST(HaproxyExpect, TakesAStatusAsHaproxyDoes) {
    EXPECT_EQ(passes_check({}, 200), true);
    EXPECT_EQ(passes_check({}, 302), true);
    EXPECT_EQ(passes_check({}, 503), false);
    EXPECT_EQ(passes_check({{"status", "200"}}, 200), true);
    EXPECT_EQ(passes_check({{"status", "200"}}, 503), false);
    EXPECT_EQ(passes_check({{"status", "200,500-599"}}, 503), true);
    EXPECT_EQ(passes_check({{"comment", "status", "min-recv", "3", "!", "status", "503"}}, 503),
              false);
    EXPECT_EQ(passes_check({{"!status", "503"}}, 500), true);
    EXPECT_EQ(passes_check({{"rstatus", "(2|3)[0-9][0-9]"}}, 200), true);
    EXPECT_EQ(passes_check({{"rstatus", "^2"}}, 503), false);
    EXPECT_EQ(passes_check({{"rstatus", "^2[0-9]+$"}}, 200), true);
    EXPECT_EQ(passes_check({{"rstatus", "(("}}, 200), std::nullopt);
    // What is another thing, or nothing, in another kind of expression.
    for (char const* pattern : {"^2\\d\\d$", "^20{2}$", "(?:2|3)00", "$STATUS"})
        EXPECT_EQ(passes_check({{"rstatus", pattern}}, 200), std::nullopt) << pattern;
    EXPECT_EQ(passes_check({{"status", "$STATUS"}}, 200), std::nullopt);
    EXPECT_EQ(passes_check({{"string", "running"}}, 503), std::nullopt);
    EXPECT_EQ(passes_check({{}}, 200), std::nullopt) << "the part with the secret is not told";
    // All must hold.
    EXPECT_EQ(passes_check({{"string", "running"}, {"status", "200"}}, 503), false);
    EXPECT_EQ(passes_check({{"status", "200"}, {"string", "running"}}, 200), std::nullopt);
}

TEST(HaproxyPools, NonsenseGivesNothing) {
    EXPECT_TRUE(haproxy_pools({}, {5000}).empty());
    EXPECT_TRUE(haproxy_pools({"bind *:5000", "\\", "frontend", "bind", "bind *:5000",
                               "default_backend", "default_backend gone", "server", "option",
                               "http-check", "default-server rise", "timeout"},
                              {5000})
                    .empty());
    std::vector<std::string> many(5000, "listen x");
    many.emplace_back("bind *:5000");
    EXPECT_TRUE(haproxy_pools(many, {5000}).empty()) << "beyond the limit";
}

TEST(FitnessHaproxy, OrdersGoToTheLeader) {
    char const* item = "haproxy.write";
    expect_good(item, good_cluster());
    expect_found(item, changed("OPTIONS /primary", "option httpchk GET /health"), stop,
                 "app1: write (port 5000): its check is /health, of 2 of 2 servers", "/primary");
    expect_found(item, changed("OPTIONS /primary", ""), stop, "no httpchk");
    auto const expecting = [](std::string const& rule) {
        return exchanged("OPTIONS /primary",
                         {"option httpchk OPTIONS /primary", "http-check expect " + rule});
    };
    expect_good(item, expecting("status 200"));
    expect_good(item, expecting("rstatus ^2"));
    expect_found(item, expecting("! status 503"), warn,
                 "app1: write (port 5000): its check takes status 404 for a yes (http-check expect "
                 "! status 503)",
                 "http-check expect status 200");
    expect_found(item, expecting("status 200-599"), stop, "its check takes status 503 for a yes");
    expect_found(item, expecting("status 204"), stop, "its check takes status 200 for a no");
    expect_unknown(item, expecting("string running"), "refuses a server that answers 503");
    expect_unknown(item, expecting("rstatus ^2\\d\\d$"), "refuses a server that answers 503");
    expect_good(item, changed("timeout connect", "http-check expect ! status 503"));
    // A long rule is cut.
    ItemResult const much =
        judged(item, expecting("status 200-599 comment " + std::string(900, 'x')));
    ASSERT_EQ(much.findings().size(), 1U);
    EXPECT_TRUE(much.findings()[0].found.ends_with("xxx...)")) << much.findings()[0].found;
    EXPECT_LT(much.findings()[0].found.size(), 400U);
    expect_found(item, changed("server db2 10.0.0.2:5432", "server db2 10.0.0.2:5432 maxconn 100"),
                 stop, "of 1 of 2 servers");
    expect_found(item, changed("default-server inter 3s", "default-server inter 3s rise 2"), warn,
                 "no on-marked-down shutdown-sessions");
    expect_found(
        item,
        changed("server db2 10.0.0.2:5432", "server db2 10.0.0.2:5432 check port 8008 backup"),
        warn, "backup");
    expect_unknown(item, without(good_cluster(), "app2", "haproxy"), "app2");
    expect_unknown(item, changed("bind *:5000", "bind *:5999"), "binds port 5000");
}

TEST(FitnessHaproxy, ReadsAreNotOld) {
    char const* item = "haproxy.read";
    expect_good(item, good_cluster());
    expect_found(item, changed("uri /replica", "http-check send uri /replica"), warn,
                 "its check is /replica, without ?lag=", "lag=10MB");
    expect_found(item, changed("default-server check port 8008", ""), stop, "not every server");
    auto const expecting = [](std::string const& path, std::string const& rule) {
        return exchanged("uri /replica",
                         {"http-check send uri " + path, "http-check expect " + rule});
    };
    for (char const* path : {"/replica?lag=10MB", "/read-only-sync?lag=1MB", "/health", "/sync"}) {
        expect_good(item, expecting(path, "status 200"));
        expect_found(item, expecting(path, "! status 200"), stop,
                     "app1: replicas (port 5002): its check takes status 503 for a yes");
    }
    // An agent of somebody's own has its own words for yes and no, and for what is too far behind.
    for (char const* path : {"/replica-ok", "/healthz", "/replica/lag", "/"})
        expect_good(item, expecting(path, "status 204"));
    expect_unknown(item, without(good_cluster(), "app1", "haproxy"), "app1");
}

TEST(FitnessHaproxy, RedisIsFoundByItsRole) {
    char const* item = "haproxy.cache";
    expect_good(item, good_cluster());
    expect_found(item, changed("tcp-check expect", "tcp-check expect string +PONG"), stop,
                 "role:master");
    expect_found(item, changed("option tcp-check", ""), stop, "role:master");
    expect_found(item, changed("tcp-check expect", "tcp-check expect string role:master"), note,
                 "waits for more");
    expect_unknown(item, changed("server db1 10.0.0.1:6379", "server-template db 3 db:6379 check"),
                   "app1: cache (port 6379) has no servers that are understood");
    expect_found(item, changed("server db1 10.0.0.1:6379", "server db1 10.0.0.1:6379 check rise 1"),
                 warn, "rise is 1");
    expect_unknown(item, without(good_cluster(), "app1", "haproxy"), "app1");
}

TEST(FitnessHaproxy, TimeoutsAreSet) {
    char const* item = "haproxy.timeouts";
    expect_good(item, good_cluster());
    expect_found(item, changed("timeout connect", ""), warn, "no timeout connect");
    expect_found(item, changed("timeout client", "timeout client 1m"), note,
                 "timeout client 1m and server 30m differ");
    expect_found(item, changed("server-fin", ""), warn, "no timeout server-fin");
    expect_good(item, exchanged("server-fin", {"timeout server-fin 1s", "timeout server-fin 5s"}));
    ClusterFacts one = good_cluster();
    one.nodes.pop_back();
    expect_found(item, one, warn, "1 HAProxy");
    expect_unknown(item, without(good_cluster(), "app1", "haproxy"), "app1");
}

}  // namespace
}  // namespace interregnum::test
