// SPDX-License-Identifier: MIT
// A node of the lab that AWS takes back in the middle of a drill: the leader hears of it from a
// metadata service of this test's own, loses power for good, and what follows is put down to AWS.
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/base/units.h"
#include "harness/lab/lab.h"
#include "harness/lab/layout.h"
#include "tests/cluster/support/drill.h"

namespace interregnum::test {
namespace {

using Json = nlohmann::json;
using std::chrono::minutes;
using std::chrono::seconds;

/// IMDSv2 of one instance, as far as it is asked for here. What it announces is in a file.
constexpr char const* metadata_service = R"py(
import http.server, os, secrets
token = secrets.token_urlsafe(40)
class Metadata(http.server.BaseHTTPRequestHandler):
    def log_message(self, *words): pass
    def answer(self, code, text):
        self.send_response(code)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())
    def do_PUT(self):
        good = self.path == "/latest/api/token" and \
            self.headers.get("X-aws-ec2-metadata-token-ttl-seconds")
        self.answer(200 if good else 400, token if good else "")
    def do_GET(self):
        if self.headers.get("X-aws-ec2-metadata-token") != token: return self.answer(401, "")
        announced = "/run/spot-announced"
        if self.path != "/latest/meta-data/spot/instance-action" or not os.path.exists(announced):
            return self.answer(404, "<?xml version='1.0'?>")
        self.answer(200, open(announced).read())
http.server.HTTPServer(("127.0.0.1", 1338), Metadata).serve_forever()
)py";

/// One of our own faults is in force on the leader meanwhile: it is gone with it.
constexpr char const* drill = R"({
  "title": "AWS takes the leader back while its Redis stands still",
  "workload": { "orders": { "rate": "25/s", "fresh_rate": "25/s" } },
  "steady_before": "10s",
  "steps": [
    { "fault": "process.pause", "target": "leader", "process": "redis",
      "scope": "process", "for": "75s" },
    { "await": "writable", "within": "2m" }
  ],
  "expect": { "write.downtime": "<= 1s", "leader.changes": 0 }
})";

class Spot : public testing::Test {
protected:
    void SetUp() override {
        renew_lab();
        auto const lab = running_lab();
        ASSERT_TRUE(lab) << "no lab is up";
        auto inventory = Json::parse(read_file(*lab), nullptr, true, /*ignore_comments=*/true);
        inventory["spot"] = {{"base", "http://127.0.0.1:1338"}};
        std::ofstream(inventory_) << inventory.dump(2);
        std::ofstream(scenario_) << drill;
        for (std::string const node : {"db1", "db2", "db3", "app1", "app2"})
            on_node(node, {"systemd-run", "--quiet", "--unit=metadata", "python3", "-c",
                           metadata_service});
    }
    /// A node that was taken back stays away; the next test has a lab of its own.
    void TearDown() override { renew_lab(); }

    std::string on_node(std::string const& node, std::vector<std::string> argv) {
        argv.insert(argv.begin(), {"lab", "exec", node});
        LocalResult const result = call(std::move(argv), minutes(1));
        EXPECT_EQ(result.exit_status, 0) << result.out << result.err;
        return result.out;
    }

    std::string leader() {
        for (std::string const node : {"db1", "db2", "db3"})
            if (on_node(node, {"curl", "-s", "-o", "/dev/null", "-w", "%{http_code}",
                               "http://" + address_of(node) + ":8008/leader"}) == "200")
                return node;
        ADD_FAILURE() << "nobody leads";
        return "db1";
    }

    static std::string address_of(std::string const& node) {
        for (LabNode const& one : lab_nodes())
            if (one.name == node) return std::string(one.address);
        return "";
    }

    /// Waits for a run folder and gives its record's path.
    std::string record_path() {
        SteadyClock clock;
        Instant const deadline = clock.now() + minutes(2);
        while (runs_.only_run().empty() && clock.now() < deadline)
            clock.sleep_for(std::chrono::milliseconds(100), {});
        return runs_.only_run() + "/record.jsonl";
    }

    /// Plays the drill; `meanwhile` is done on the leader just before it is announced that AWS
    /// takes it back. Its exit code.
    int play(std::string const& node, std::vector<std::string> const& meanwhile = {}) {
        Background drill_run({binary(), "run", scenario_, "--inventory", inventory_, "--out",
                              runs_.path(), "--seed", "7"},
                             work_.path() + "/output");
        std::string const record = record_path();
        EXPECT_TRUE(wait_for_text(record, "\"verified\"", minutes(3)))
            << read_file(work_.path() + "/output");
        if (!meanwhile.empty()) on_node(node, meanwhile);
        std::string const when = format_wall(wall_now() + seconds(15)).substr(0, 19) + "Z";
        on_node(node,
                {"sh", "-c",
                 R"(printf '{"action": "terminate", "time": "%s"}' "$1" >/run/spot-announced)",
                 "sh", when});
        EXPECT_TRUE(wait_for_text(record, "spot.notice", seconds(30))) << "nobody heard of it";
        EXPECT_EQ(call({"lab", "power-off", node}).exit_status, 0);
        auto const ended = drill_run.wait(minutes(10));
        EXPECT_TRUE(ended) << "the drill did not end";
        return ended.value_or(-1);
    }

    RunsFolder runs_;
    RunsFolder work_;
    std::string const inventory_ = work_.path() + "/inventory.json";
    std::string const scenario_ = work_.path() + "/reclaimed.json";
};

TEST_F(Spot, AReclaimedLeaderIsPutDownToAwsAndAvailabilityIsNotJudged) {
    std::string const node = leader();
    EXPECT_EQ(play(node), 2) << read_file(work_.path() + "/output");
    auto const summary = Json::parse(read_file(runs_.only_run() + "/summary.json"));
    EXPECT_EQ(summary.at("verdict"), "inconclusive");
    EXPECT_TRUE(
        summary.at("because").get<std::string>().starts_with(node + " was reclaimed by AWS"))
        << summary.at("because");
    EXPECT_EQ(summary.at("reclaimed").at(0).at("node"), node);
    EXPECT_EQ(summary.at("reclaimed").at(0).at("terminated"), true);
    EXPECT_GT(summary.at("measures").at("write.downtime").at("at_least"), 5'000'000'000)
        << "somebody had to take over";
    for (auto const& one : summary.at("nodes"))
        EXPECT_EQ(one.at("state"), one.at("node") == node ? "gone" : "clean") << one;
    std::string const record = read_file(runs_.only_run() + "/record.jsonl");
    EXPECT_TRUE(record.contains("nothing is left to undo there"));

    std::vector<std::string> const heal{"heal", "--all", "--inventory", inventory_};
    LocalResult const gone = call(heal, minutes(10));
    EXPECT_EQ(gone.exit_status, 0) << gone.out << gone.err;
    EXPECT_TRUE(gone.out.contains(node + ": reclaimed by AWS at 20")) << gone.out;
    EXPECT_TRUE(gone.out.contains("redundant without " + node)) << gone.out;
    // Whoever answers is no machine that is gone, whatever was announced.
    EXPECT_EQ(call({"lab", "power-on", node}).exit_status, 0);
    LocalResult const there = call(heal, minutes(10));
    EXPECT_EQ(there.exit_status, 0) << there.out << there.err;
    EXPECT_FALSE(there.out.contains("reclaimed")) << there.out;
}

TEST_F(Spot, ALostPurchaseFailsAllTheSame) {
    std::string const node = leader();
    // An acknowledged order goes, with all that belongs to it, on every node at once.
    EXPECT_EQ(play(node, {"su", "postgres", "-c",
                          "psql -v ON_ERROR_STOP=1 -d drill -c \"SET session_replication_role = "
                          "replica; WITH gone AS (DELETE FROM interregnum.orders WHERE id = "
                          "(SELECT min(id) FROM interregnum.orders) RETURNING id) DELETE FROM "
                          "interregnum.positions USING gone WHERE order_id = gone.id\""}),
              1);
    auto const summary = Json::parse(read_file(runs_.only_run() + "/summary.json"));
    EXPECT_EQ(summary.at("verdict"), "fail");
    EXPECT_GE(summary.at("measures").at("lost").at("best"), 1);
    EXPECT_EQ(summary.at("reclaimed").at(0).at("node"), node);
    for (auto const& one : summary.at("expectations"))
        if (one.at("measure") == "write.downtime") {
            EXPECT_EQ(one.at("verdict"), "inconclusive");
        }
}

}  // namespace
}  // namespace interregnum::test
