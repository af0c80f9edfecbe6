// SPDX-License-Identifier: MIT
// Facts as they come, and what is said of them in the end.
#include "harness/fitness/fitness.h"

#include <fstream>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/base/process.h"
#include "harness/engine/fitness_script.h"
#include "tests/unit/fitness/good_cluster.h"
#include "tests/unit/support/temp_folder.h"

namespace interregnum::test {
namespace {

using Json = nlohmann::json;

TEST(FitnessFacts, LinesBecomeFacts) {
    FitnessFacts facts;
    take_lines(facts,
               "setting.a=1\nsetting.b=x=y\nnonsense\n=none\nslot=a\tb\nslot=c\nasked=slot\n"
               "unknown.id=ERROR:  permission denied\nasked=id\nlast=\x1b[2J");
    EXPECT_EQ(facts.number("setting.a"), 1);
    EXPECT_EQ(facts.find("setting.b"), "x=y");
    EXPECT_EQ(facts.number("setting.b"), std::nullopt);
    EXPECT_EQ(facts.all("slot"), (std::vector<std::string>{"a\tb", "c"}));
    EXPECT_EQ(facts.find("last"), "?[2J") << "a node cannot drive the terminal";
    EXPECT_TRUE(facts.knows("slot"));
    EXPECT_FALSE(facts.knows("setting")) << "it did not say that this was all";
    EXPECT_EQ(facts.why_not("setting"), "it did not say");
    EXPECT_FALSE(facts.knows("id")) << "part of it could not be read";
    EXPECT_EQ(facts.why_not("id"), "ERROR:  permission denied");
}

TEST(FitnessFacts, WhatIsTooMuchIsNotKnown) {
    FitnessFacts facts;
    facts.answered("slot");
    for (std::size_t count = 0; count < FitnessFacts::most_values + 10; ++count)
        facts.add("slot", std::string(2 * FitnessFacts::longest_value, 'x'));
    EXPECT_EQ(facts.all("slot").size(), FitnessFacts::most_values);
    EXPECT_EQ(facts.all("slot").front().size(), FitnessFacts::longest_value);
    EXPECT_FALSE(facts.knows("slot"));
}

TEST(FitnessFacts, JsonBecomesFacts) {
    FitnessFacts facts;
    EXPECT_TRUE(take_json(facts, "config", R"({"ttl": 30, "pause": null, "a": {"b": true},
        "members": [{"name": "x"}, {"name": "y"}], "s": "on"})"));
    EXPECT_EQ(facts.number("config.ttl"), 30);
    EXPECT_TRUE(facts.on("config.a.b"));
    EXPECT_TRUE(facts.on("config.s"));
    EXPECT_FALSE(facts.find("config.pause"));
    EXPECT_EQ(facts.all("config.members.name"), (std::vector<std::string>{"x", "y"}));
    EXPECT_TRUE(facts.knows("config"));
    FitnessFacts none;
    for (std::string_view const body : {"", "[]", "{", "null", "<html>"})
        EXPECT_FALSE(take_json(none, "config", body)) << body;
    EXPECT_FALSE(take_json(none, "config", std::string(100'000, '[')));
    EXPECT_FALSE(none.knows("config"));
}

TEST(Fitness, AGoodClusterIsFit) {
    Fitness const fitness = judge_fitness(good_cluster());
    EXPECT_TRUE(fitness.fit());
    EXPECT_EQ(fitness.count(Severity::warn) + fitness.count(Severity::note), 0U)
        << fitness_text(fitness, "shop");
    std::string const text = fitness_text(fitness, "shop");
    EXPECT_TRUE(text.ends_with(
        "FIT FOR PRODUCTION: nothing of shop says stop; 0 warnings, 0 notes, 2 not known\n"))
        << text;
    EXPECT_TRUE(text.contains("  redis       4 items looked at, all good\n")) << text;
}

TEST(Fitness, WhatIsWrongIsSaidWorstFirst) {
    ClusterFacts bad = with(good_cluster(), "", "config.pause", "true");
    bad = with(bad, "", "config.synchronous_mode", "false");
    bad = without(bad, "db2", "redis");
    Fitness const fitness = judge_fitness(bad);
    EXPECT_FALSE(fitness.fit());
    std::string const text = fitness_text(fitness, "shop");
    EXPECT_LT(text.find("stop patroni.pause: "), text.find("warn patroni.synchronous: ")) << text;
    EXPECT_TRUE(text.contains("do: patronictl resume\n")) << text;
    EXPECT_TRUE(text.contains("?    redis.memory: not known: db2: redis: nobody answered")) << text;
    EXPECT_TRUE(
        text.contains("NOT FIT FOR PRODUCTION: shop says stop at patroni.pause; 1 warnings"))
        << text;
    Json const json = Json::parse(fitness_json(fitness));
    EXPECT_FALSE(json["fit"]);
    EXPECT_EQ(json["findings"].size(), 2U);
    EXPECT_EQ(json["areas"]["patroni"]["stop"], 1);
    EXPECT_EQ(json["areas"]["redis"]["not_known"], 3);
}

TEST(Fitness, WhatIsSaidOfSeveralNodesIsSaidOnce) {
    ClusterFacts bad = good_cluster();
    for (char const* node : {"db1", "db3"})
        bad = with(bad, node, "redis.maxmemory-policy", "allkeys-lru");
    for (char const* node : {"db1", "db2"}) bad = without(bad, node, "disk");
    Fitness const fitness = judge_fitness(bad);
    EXPECT_EQ(fitness.count(Severity::stop), 2U);
    std::string const text = fitness_text(fitness, "shop");
    EXPECT_TRUE(text.contains("stop redis.memory: db1, db3: maxmemory-policy is allkeys-lru"))
        << text;
    EXPECT_TRUE(text.contains("postgresql.disk: not known: db1, db2: disk: nobody answered"))
        << text;
}

TEST(Fitness, WhereNobodyAnswersNothingIsGood) {
    ClusterFacts silent{
        .redis_expected = true, .write_ports = {5000}, .read_ports = {5001}, .cache_ports = {6379}};
    for (char const* name : {"db1", "db2", "db3"})
        silent.nodes.push_back({.name = name, .group = "db", .facts = {}});
    for (char const* name : {"app1", "app2"})
        silent.nodes.push_back({.name = name, .group = "app", .facts = {}});
    for (JudgedItem const& item : judge_fitness(silent).items) {
        EXPECT_FALSE(item.result.not_known().empty()) << item.name;
        EXPECT_TRUE(item.result.findings().empty()) << item.name;
    }
}

TEST(Fitness, TheScriptIsShell) {
    // Read, not run: it is for nodes.
    auto const read = run_local({.argv = {"sh", "-n"}, .input = fitness_script()});
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->exit_status, 0) << read->err;
    for (char const* secret : {"requirepass", "tcp-check send", "env |"})
        EXPECT_FALSE(fitness_script().contains(secret)) << secret;
}

// The script's own session came through a socket and has a statement_timeout: what it shows of
// TCP's settings and of that one is none of the customers' sessions'.
TEST(Fitness, TheScriptAsksForWhatSessionsBeginWith) {
    EXPECT_TRUE(fitness_script().contains("translate(coalesce(reset_val, '')"));
    EXPECT_TRUE(fitness_script().contains("ask setting -d \"dbname=postgres options="));
}

// What somebody set for the role that asks is in its session, and is nobody else's; what was set
// for a role without login is in none.
TEST(Fitness, TheScriptTellsARolesSettingsFromANodes) {
    EXPECT_TRUE(fitness_script().contains("lower(name) <> all (string_to_array(:'own', ' '))"));
    EXPECT_TRUE(fitness_script().contains("left join pg_file_settings f"));
    EXPECT_TRUE(fitness_script().contains("and (setrole = 0 or rolcanlogin) limit 500"));
}

// The files are a superuser's to read: they are asked only where such a role has a setting of its
// own that is shown. `search_path` is none.
TEST(Fitness, TheScriptCountsARolesSettingsThatAreShown) {
    EXPECT_TRUE(fitness_script().contains(
        "unnest(setconfig) one\n    join pg_settings on lower(name) = lower(split_part(one"));
}

TEST(Fitness, TheScriptTellsNoHeaderOfACheck) {
    std::string const& whole = fitness_script();
    constexpr std::string_view head = "| sed -n '";
    std::size_t const begin = whole.find(head, whole.find("haproxy_files() {"));
    std::size_t const end = whole.find('\'', begin + head.size());
    ASSERT_LT(begin, end);
    std::string const commands = whole.substr(begin + head.size(), end - begin - head.size());
    auto const said = run_local({.argv = {"sed", "-n", commands},
                                 .input = " option httpchk GET /x HTTP/1.1\\r\\nA:\\ secret\n"
                                          " http-check send uri /x hdr A secret\n"
                                          " http-check expect fhdr name A value secret\n"
                                          " http-check expect ! hdr A secret\n"
                                          " http-check expect\t!fhdr\tA secret\n"
                                          " http-check expect status 200\n"});
    ASSERT_TRUE(said) << said.error().message;
    EXPECT_EQ(said->out,
              " option httpchk GET /x\n http-check send uri /x\n http-check expect\n"
              " http-check expect !\n http-check expect\n http-check expect status 200\n");
}

/// What the script tells of a watchdog where Patroni's file says this of it, and Patroni has
/// /dev/zero open. Only that part of it is run.
FitnessFacts watchdog_facts(std::string const& yaml) {
    TempFolder const folder;
    std::string const config = folder / "patroni.yml";
    std::ofstream(config) << "scope: shop\nwatchdog:\n  mode: required\n" << yaml;
    std::string const& whole = fitness_script();
    std::size_t const begin = whole.find("yaml_paths() {");
    std::size_t const end = whole.find("ask() {");
    EXPECT_LT(begin, end);
    std::string const script =
        "line() { printf '%s=%s\\n' \"$1\" \"$2\"; }\n"
        "unknown() { line \"unknown.$1\" \"$2\"; }\n"
        "find_patroni() { pid=$$; config=" +
        config + "; }\nexec 9</dev/zero\n" + whole.substr(begin, end - begin);
    auto const said = run_local({.argv = {"sh", "-s"}, .input = script});
    FitnessFacts facts;
    EXPECT_TRUE(said && said->exit_status == 0);
    if (said) take_lines(facts, said->out);
    return facts;
}

TEST(Fitness, TheScriptLooksForTheWatchdogThatPatroniIsToldOf) {
    FitnessFacts const held = watchdog_facts("  device: /dev/zero\n");
    EXPECT_EQ(held.find("yaml.watchdog.device"), "/dev/zero");
    EXPECT_EQ(held.find("watchdog.device"), "yes");
    EXPECT_EQ(held.find("watchdog.held"), "yes");
    EXPECT_TRUE(held.knows("watchdog")) << held.why_not("watchdog");
    FitnessFacts const not_held = watchdog_facts("  device: \"/dev/full\"\n");
    EXPECT_EQ(not_held.find("watchdog.device"), "yes");
    EXPECT_EQ(not_held.find("watchdog.held"), "no");
    FitnessFacts const none = watchdog_facts("  device: /dev/no-watchdog\n");
    EXPECT_EQ(none.find("watchdog.device"), "no");
    EXPECT_EQ(none.find("watchdog.held"), "no");
}

}  // namespace
}  // namespace interregnum::test
