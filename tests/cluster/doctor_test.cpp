// SPDX-License-Identifier: MIT
// preflight, dry runs and init on the real cluster; and files that try to make the program do
// what they say. Nothing is touched by any of them.
#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/lab/lab.h"
#include "tests/cluster/support/drill.h"

namespace interregnum::test {
namespace {

using Json = nlohmann::ordered_json;

class Doctor : public testing::Test {
protected:
    void SetUp() override {
        auto const lab = running_lab();
        ASSERT_TRUE(lab) << "no lab is up";
        inventory_ = Json::parse(read_file(*lab), nullptr, true, /*ignore_comments=*/true);
    }

    std::string write(std::string const& name, std::string const& text) {
        std::string path = folder_.path() + "/" + name;
        std::ofstream(path) << text;
        return path;
    }

    /// What a shell line printed on a node; it must succeed.
    static std::string on(std::string const& node, std::string const& shell) {
        auto const said = lab_exec(node, {.argv = {"sh", "-c", shell}});
        EXPECT_TRUE(said) << said.error().message;
        if (!said) return "";
        EXPECT_EQ(said->exit_status, 0) << shell << "\n" << said->out << said->err;
        return said->out;
    }
    static void sql(std::string const& node, std::string const& statement) {
        on(node, "cd /; runuser -u postgres -- psql -Xqc \"" + statement + "\"");
    }
    static void patch_config(std::string const& patch) {
        on("db1", "curl -sfm 10 -X PATCH -d '" + patch + "' localhost:8008/config");
    }
    static void eviction(std::string const& policy) {
        on("db1",
           "REDISCLI_AUTH=$(sed -n 's/^requirepass //p' /etc/redis/redis.conf | tr -d '\"') "
           "redis-cli config set maxmemory-policy " +
               policy);
    }
    std::string leader() {
        Json const cluster = Json::parse(on("db1", "curl -sm 10 localhost:8008/cluster"));
        for (Json const& member : cluster["members"])
            if (member["role"] == "leader") return member["name"];
        return "";
    }

    RunsFolder folder_;
    Json inventory_;
};

/// Five settings that lose orders or keep the shop shut, each found from the cluster's own state
/// and named with its remedy; what they were before comes back, whatever happens in between.
TEST_F(Doctor, PreflightSaysWhatIsNotFitForProduction) {
    std::string const node = leader();
    ASSERT_NE(node, "");
    struct Undo {
        std::string node;
        ~Undo() {
            patch_config(R"({"pause": null, "postgresql": {"use_pg_rewind": true}})");
            eviction("noeviction");
            sql(node, "ALTER ROLE drill RESET synchronous_commit");
            sql(node, "DROP SEQUENCE IF EXISTS fit_ids");
        }
    };
    LocalResult json;
    {
        Undo const undo{node};
        sql(node, "ALTER ROLE drill SET synchronous_commit = off");
        sql(node, "CREATE SEQUENCE fit_ids AS integer START 2147480000");
        sql(node, "SELECT nextval('fit_ids')");
        eviction("allkeys-lru");
        patch_config(R"({"pause": true, "postgresql": {"use_pg_rewind": false}})");
        json = call({"preflight", "--inventory", "lab", "--json"});
        EXPECT_EQ(json.exit_status, 1) << json.out << json.err;
    }
    Json const parsed = Json::parse(json.out);
    EXPECT_TRUE(parsed["fit"]) << "it can still be drilled";
    EXPECT_FALSE(parsed["production"]["fit"]);
    struct Wanted {
        std::string item;
        std::string found;
        std::string remedy;
    };
    for (Wanted const& wanted : std::vector<Wanted>{
             {"patroni.pause", "pause is true", "patronictl resume"},
             {"patroni.rewind", "use_pg_rewind is off", "use_pg_rewind: true"},
             {"postgresql.synchronous_commit", "role drill: synchronous_commit is off",
              "ALTER ROLE drill RESET synchronous_commit"},
             {"postgresql.ids", "fit_ids is at 2147480000 of 2147483647 (100 %)", "bigint"},
             {"redis.memory", "db1: maxmemory-policy is allkeys-lru", "noeviction"}}) {
        bool named = false;
        for (Json const& one : parsed["production"]["findings"])
            named = named || (one["item"] == wanted.item && one["severity"] == "stop" &&
                              one["found"].get<std::string>().contains(wanted.found) &&
                              one["remedy"].get<std::string>().contains(wanted.remedy));
        EXPECT_TRUE(named) << wanted.item << "\n" << json.out;
    }
    // Set back, nothing of it is left, and nothing else says stop.
    LocalResult const text = call({"preflight", "--inventory", "lab"});
    EXPECT_EQ(text.exit_status, 0) << text.out << text.err;
    EXPECT_TRUE(text.out.contains("\nFIT FOR PRODUCTION: nothing of lab says stop")) << text.out;
    // No secret is shown, by a second means than the code that leaves it out.
    std::string const password = on("db1", "sed -n 's/^requirepass //p' /etc/redis/redis.conf");
    ASSERT_GT(password.size(), 8U);
    EXPECT_FALSE(json.out.contains(password.substr(0, password.size() - 1)));
}

/// The role that asks on the nodes is PostgreSQL's own: what is set for it, or for the database it
/// asks in, no customer meets. The leader and the replicas are asked.
TEST_F(Doctor, WhatIsSetForTheRoleThatAsksIsNotTakenForTheNodes) {
    std::string const node = leader();
    ASSERT_NE(node, "");
    struct Undo {
        std::string node;
        ~Undo() {
            sql(node, "ALTER ROLE postgres RESET ALL");
            sql(node, "ALTER DATABASE postgres RESET ALL");
        }
    };
    auto const findings = [] {
        LocalResult const said = call({"preflight", "--inventory", "lab", "--json"});
        Json const parsed = Json::parse(said.out, nullptr, false);
        std::multiset<std::string> all;
        for (Json const& one : parsed["production"]["findings"])
            all.insert(one["item"].get<std::string>() + ": " + one["found"].get<std::string>());
        EXPECT_FALSE(all.empty()) << said.out << said.err;
        return all;
    };
    auto const before = findings();
    Undo const undo{node};
    sql(node, "ALTER ROLE postgres SET synchronous_commit = off");
    sql(node, "ALTER ROLE postgres SET tcp_user_timeout = '7s'");
    sql(node, "ALTER ROLE postgres IN DATABASE postgres SET statement_timeout = '70s'");
    sql(node, "ALTER DATABASE postgres SET TimeZone = 'Asia/Tokyo'");
    std::vector<std::string> added;
    std::ranges::set_difference(findings(), before, std::back_inserter(added));
    EXPECT_FALSE(added.empty());
    for (std::string const& one : added)
        EXPECT_TRUE(one.contains("role postgres") || one.contains("database \"postgres\"")) << one;
}

/// Each by itself, so that each is seen to be enough; no drill is played.
TEST_F(Doctor, AGateRefusesEachBadConfigurationWithItsRemedy) {
    std::string const node = leader();
    ASSERT_NE(node, "");
    struct Bad {
        char const* item;
        char const* remedy;
        std::function<void()> set;
        std::function<void()> undo;
    };
    std::vector<Bad> const all{
        {"patroni.rewind", "use_pg_rewind: true",
         [] { patch_config(R"({"postgresql": {"use_pg_rewind": false}})"); },
         [] { patch_config(R"({"postgresql": {"use_pg_rewind": true}})"); }},
        {"postgresql.synchronous_commit", "ALTER ROLE drill RESET synchronous_commit",
         [&] { sql(node, "ALTER ROLE drill SET synchronous_commit = off"); },
         [&] { sql(node, "ALTER ROLE drill RESET synchronous_commit"); }},
        {"patroni.pause", "patronictl resume", [] { patch_config(R"({"pause": true})"); },
         [] { patch_config(R"({"pause": null})"); }},
        {"redis.memory", "noeviction", [] { eviction("allkeys-lru"); },
         [] { eviction("noeviction"); }},
        {"postgresql.ids", "bigint",
         [&] {
             sql(node, "CREATE SEQUENCE fit_ids AS integer START 2147480000");
             sql(node, "SELECT nextval('fit_ids')");
         },
         [&] { sql(node, "DROP SEQUENCE fit_ids"); }}};
    for (Bad const& bad : all) {
        SCOPED_TRACE(bad.item);
        bad.set();
        LocalResult const refused =
            call({"gate", "smoke", "--inventory", "lab", "--out", folder_.path(), "--json"});
        bad.undo();
        EXPECT_EQ(refused.exit_status, 1) << refused.out << refused.err;
        Json const told = Json::parse(refused.out);
        EXPECT_EQ(told["decision"], "no_go");
        EXPECT_TRUE(told["drills"][0]["runs"].empty());
        std::string const because = told["because"];
        EXPECT_TRUE(because.contains(bad.item) && because.contains(bad.remedy)) << because;
    }
}

TEST_F(Doctor, PreflightSaysWhatEachNodeCanDo) {
    LocalResult const text = call({"preflight", "--inventory", "lab"});
    EXPECT_EQ(text.exit_status, 0) << text.out << text.err;
    for (char const* word : {"db1", "app2", "nft", "kernel", "systemd: 252", "process.kill",
                             "3 of 3 members healthy; 1 may fail", "NOPASSWD", "FIT: all 5 nodes"})
        EXPECT_TRUE(text.out.contains(word)) << word << "\n" << text.out;
    LocalResult const json = call({"preflight", "--inventory", "lab", "--json"});
    Json const parsed = Json::parse(json.out);
    EXPECT_TRUE(parsed["fit"]);
    EXPECT_TRUE(parsed["nodes"][0]["can"]["nft"]);
    // A second means: the node itself, from the host.
    auto const kernel = lab_exec("db1", {.argv = {"uname", "-r"}});
    ASSERT_TRUE(kernel) << kernel.error().message;
    EXPECT_EQ(parsed["nodes"][0]["facts"]["kernel"].get<std::string>() + "\n", kernel->out);
}

TEST_F(Doctor, PreflightNamesNodesThatCannotBeDrilled) {
    inventory_["db"]["db3"] = "10.99.0.99";
    inventory_["cluster"] = "another";
    LocalResult const result =
        call({"preflight", "--inventory", write("i.json", inventory_.dump())});
    EXPECT_EQ(result.exit_status, 1) << result.out << result.err;
    for (char const* word : {"CANNOT BE DRILLED", "10.99.0.99", "/etc/interregnum-allowed",
                             "allows cluster \"lab\"", "NOT FIT: 5 of 5"})
        EXPECT_TRUE(result.out.contains(word)) << word << "\n" << result.out;
}

TEST_F(Doctor, ADryRunShowsCommandsAndTouchesNothing) {
    auto const boot_id = [] {
        return lab_exec("db1", {.argv = {"cat", "/proc/sys/kernel/random/boot_id"}})->out;
    };
    std::string const before = boot_id();
    LocalResult const result = call({"run", "kill-leader", "kill-redis-master", "--dry-run",
                                     "--inventory", "lab", "--out", folder_.path() + "/out"});
    EXPECT_EQ(result.exit_status, 0) << result.out << result.err;
    for (char const* word : {"nothing is touched", "'power-off'", "'power-on'", "targets db"})
        EXPECT_TRUE(result.out.contains(word)) << word << "\n" << result.out;
    EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/out"));
    EXPECT_EQ(boot_id(), before);
    auto const left = lab_exec("db1", {.argv = {"ls", "-A", "/run/interregnum"}});
    ASSERT_TRUE(left);
    EXPECT_EQ(left->out, "");
}

TEST_F(Doctor, ADryRunOfOneFaultByHandDoesTheSame) {
    LocalResult const result =
        call({"inject", "process.pause", "--target", "leader", "--set", "process=patroni", "--for",
              "20s", "--dry-run", "--inventory", "lab", "--out", folder_.path() + "/out"});
    EXPECT_EQ(result.exit_status, 0) << result.out << result.err;
    for (char const* word : {"nothing is touched", "targets db", "     inject ", "     proof ",
                             "     undo ", "/run/interregnum/RUN_f1"})
        EXPECT_TRUE(result.out.contains(word)) << word << "\n" << result.out;
    EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/out"));
    for (char const* node : {"db1", "db2", "db3"}) {
        auto const left = lab_exec(node, {.argv = {"ls", "-A", "/run/interregnum"}});
        ASSERT_TRUE(left);
        EXPECT_EQ(left->out, "") << node;
    }
}

TEST_F(Doctor, ADryRunOfARoleOfNobodyIsInconclusive) {
    inventory_.erase("redis");
    inventory_.erase("cache");
    std::string const file = write("nobody.json", R"({
  "title": "Nobody", "workload": { "tickets": false, "cache": false },
  "steps": [ { "fault": "node.crash", "target": "redis_master" } ] })");
    LocalResult const result = call(
        {"run", file, "--dry-run", "--json", "--inventory", write("i.json", inventory_.dump())});
    EXPECT_EQ(result.exit_status, 2) << result.out << result.err;
    EXPECT_EQ(Json::parse(result.out)["steps"][0]["problem"], "nobody has that role now");
}

TEST_F(Doctor, InitWritesAnInventoryThatWorks) {
    std::string const file = folder_.path() + "/made.json";
    LocalResult const made = call({"init", "db2", "10.99.0.21", "app2", "--out", file});
    ASSERT_EQ(made.exit_status, 0) << made.out << made.err;
    Json const json = Json::parse(read_file(file), nullptr, true, /*ignore_comments=*/true);
    for (char const* key : {"db", "app", "write", "read", "cache", "redis", "patroni"})
        EXPECT_EQ(json[key].contains("master") ? json[key]["master"] : json[key],
                  inventory_[key].contains("master") ? inventory_[key]["master"] : inventory_[key])
            << key;
    LocalResult const status = call({"status", "--inventory", file});
    EXPECT_EQ(status.exit_status, 0) << status.out << status.err;
    LocalResult const fit = call({"preflight", "--inventory", file});
    EXPECT_EQ(fit.exit_status, 0) << fit.out << fit.err;
    // It is not written over unless that is asked for.
    LocalResult const again = call({"init", "db2", "--out", file});
    EXPECT_EQ(again.exit_status, 64);
    EXPECT_TRUE(again.err.contains("--force")) << again.err;
    EXPECT_EQ(call({"init", "db2", "--out", file, "--force"}).exit_status, 0);
}

TEST_F(Doctor, InitOfHostsThatAreNoClusterWritesNothing) {
    LocalResult const none = call({"init", "app1"});
    EXPECT_EQ(none.exit_status, 3) << none.out << none.err;
    EXPECT_EQ(none.out, "");
    for (char const* hostile : {"$(touch x)", "a;b", "10.0.0.1 -x", ""}) {
        LocalResult const refused = call({"init", "--", hostile});
        EXPECT_EQ(refused.exit_status, 64) << hostile << refused.out << refused.err;
    }
}

TEST_F(Doctor, HostileFilesExecuteNothing) {
    std::string const canary = folder_.path() + "/canary";
    std::array<std::string, 6> const words{
        "$(touch " + canary + ")",   "`touch " + canary + "`",         "; touch " + canary + ";",
        "x\ntouch " + canary + "\n", "-oProxyCommand=touch " + canary, "|touch " + canary};
    // Fields that take any name are filled all at once; the program must get as far as to
    // connect with them. Addresses and node names are refused, which unit tests see to.
    std::array<std::pair<char const*, char const*>, 9> const fields{{{"ssh", "user"},
                                                                     {"ssh", "key"},
                                                                     {"ssh", "host_keys"},
                                                                     {"postgres", "user"},
                                                                     {"postgres", "dbname"},
                                                                     {"postgres", "sslrootcert"},
                                                                     {"redis", "master"},
                                                                     {"redis", "user"},
                                                                     {"patroni", "scope"}}};
    for (std::string const& word : words) {
        Json hostile = inventory_;
        for (auto const& [section, field] : fields) hostile[section][field] = word;
        std::string const file = write("hostile.json", hostile.dump());
        for (std::vector<std::string> const& verb :
             {std::vector<std::string>{"status"}, {"preflight"}, {"run", "kill-leader"}}) {
            std::vector<std::string> arguments = verb;
            arguments.insert(arguments.end(), {"--inventory", file});
            if (verb[0] == "run") arguments.insert(arguments.end(), {"--out", folder_.path()});
            LocalResult const result = call(arguments, std::chrono::minutes(1));
            EXPECT_NE(result.exit_status, 0) << word << result.out;
            EXPECT_NE(result.exit_status, 4) << word << result.out << result.err;
        }
        // A scenario whose every value is the word.
        Json const drill{
            {"title", word},
            {"steps",
             {{{"fault", word}, {"target", word}, {"for", word}},
              {{"fault", "process.kill"}, {"target", word}, {"process", word}, {"signal", word}},
              {{"await", word}}}},
            {"expect", {{word, word}}}};
        LocalResult const refused = call(
            {"run", write("hostile-drill.json", drill.dump()), "--dry-run", "--inventory", "lab"});
        EXPECT_EQ(refused.exit_status, 64) << refused.out << refused.err;
        LocalResult const flags = call({"run", "kill-leader", "--dry-run", "--inventory", "lab",
                                        "--set=steps[0].target=" + word, "--expect=" + word});
        EXPECT_EQ(flags.exit_status, 64) << flags.out << flags.err;
        ASSERT_FALSE(std::filesystem::exists(canary)) << word << " was executed";
    }
    for (char const* node : {"db1", "db2", "db3", "app1", "app2"}) {
        auto const there = lab_exec(node, {.argv = {"test", "-e", canary}});
        ASSERT_TRUE(there);
        EXPECT_NE(there->exit_status, 0) << "executed on " << node;
    }
}

}  // namespace
}  // namespace interregnum::test
