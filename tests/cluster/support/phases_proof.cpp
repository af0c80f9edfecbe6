// SPDX-License-Identifier: MIT
#include "tests/cluster/support/phases_proof.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <optional>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/record/reader.h"
#include "reports/measures/leadership.h"
#include "tests/cluster/support/drill.h"

namespace interregnum::test {
namespace {

using Json = nlohmann::json;
using record::Offset;

/// From a deed to the line about it in the journal, and what the log's microseconds leave out; on
/// two processors that five nodes share.
constexpr Offset slack = std::chrono::milliseconds(250);

double s(Offset span) { return std::chrono::duration<double>(span).count(); }

/// The wall clock of a journal line: "2026-11-22T12:00:01.123456+00:00 db2 patroni[77]: ...".
std::optional<Offset> wall_of(std::string const& line) {
    std::tm at{};
    char const* rest = ::strptime(line.c_str(), "%Y-%m-%dT%H:%M:%S", &at);
    if (rest == nullptr) return {};
    double fraction = 0;
    int east_hours = 0;
    int east_minutes = 0;
    if (std::sscanf(rest, "%lf%3d:%2d", &fraction, &east_hours, &east_minutes) < 2 &&
        std::sscanf(rest, "%lf%3d%2d", &fraction, &east_hours, &east_minutes) < 2)
        return {};
    return std::chrono::seconds(::timegm(&at) - 3600L * east_hours - 60L * east_minutes) +
           std::chrono::duration_cast<Offset>(std::chrono::duration<double>(fraction));
}

/// The first line with `words` after `from`, as an instant of the run.
std::optional<Offset> logged(record::Record const& record, std::string const& folder,
                             std::string const& node, std::string_view words, Offset from) {
    Offset clock{};
    for (record::NodeSeen const& seen : record.nodes_seen)
        if (seen.node == node && seen.reachable) clock = seen.clock_offset;
    std::istringstream text(read_file(folder + "/logs/" + node + "/patroni.log"));
    for (std::string line; std::getline(text, line);) {
        if (!line.contains(words)) continue;
        auto const wall = wall_of(line);
        if (!wall) continue;
        Offset const at = *wall - clock - std::chrono::nanoseconds(record.run.wall_start_ns);
        if (at > from) return at;
    }
    return {};
}

struct Bounds {
    Offset not_before{};
    Offset not_after{};
    std::string source;
};

std::optional<Bounds> instant(Json const& summary, std::string_view name) {
    for (Json const& one : summary.at("failover").at("instants"))
        if (one.at("instant") == name && one.at("known").get<bool>())
            return Bounds{.not_before = Offset(one.at("not_before_ns").get<std::int64_t>()),
                          .not_after = Offset(one.at("not_after_ns").get<std::int64_t>()),
                          .source = one.at("source")};
    return {};
}

void expect_near(std::string_view what, std::optional<Bounds> const& reported,
                 std::optional<Offset> const& log) {
    ASSERT_TRUE(reported) << what;
    ASSERT_TRUE(log) << what << ": no such line in the log";
    std::printf("  %-10s reported %.3f to %.3f s (%s), log %.3f s\n", std::string(what).c_str(),
                s(reported->not_before), s(reported->not_after), reported->source.c_str(), s(*log));
    EXPECT_GE(*log, reported->not_before - slack) << what;
    EXPECT_LE(*log, reported->not_after + slack) << what;
}

}  // namespace

void expect_phases_add_up(std::string const& folder) {
    Json const summary = Json::parse(read_file(folder + "/summary.json"));
    Json const& downtime = summary.at("failover").at("downtime_ns");
    ASSERT_TRUE(downtime.at("known").get<bool>());
    double at_least = 0;
    double at_most = 0;
    double best = 0;
    std::string parts;
    for (auto const& [name, span] : summary.at("phases").items()) {
        if (name == "redundant" || !span.at("known").get<bool>()) continue;
        at_least += span.at("at_least").get<double>();
        at_most += span.at("at_most").get<double>();
        best += span.at("best").get<double>();
        parts += fmt::format("{}{} {:.3f}", parts.empty() ? "" : " + ", name,
                             span.at("best").get<double>() / 1e9);
    }
    double const whole = downtime.at("best").get<double>();
    std::printf("  %s = %.3f s, downtime %.3f s (%.3f to %.3f)\n", parts.c_str(), best / 1e9,
                whole / 1e9, downtime.at("at_least").get<double>() / 1e9,
                downtime.at("at_most").get<double>() / 1e9);
    EXPECT_LE(at_least, downtime.at("at_most").get<double>());
    EXPECT_GE(at_most, downtime.at("at_least").get<double>());
    double const error =
        downtime.at("at_most").get<double>() - downtime.at("at_least").get<double>();
    EXPECT_NEAR(best, whole, error / 2 + 1e6);
}

void expect_logs_agree(std::string const& folder) {
    Json const summary = Json::parse(read_file(folder + "/summary.json"));
    auto const record = record::read_record(folder + "/record.jsonl");
    ASSERT_TRUE(record) << record.error().message;
    auto const fault = instant(summary, "fault");
    ASSERT_TRUE(fault);
    auto const reigns = reigns_of(*record);
    ASSERT_FALSE(reigns.empty());
    std::string const node = reigns.back().node;
    auto const log = [&](std::string_view words) {
        return logged(*record, folder, node, words, fault->not_before);
    };
    if (!summary.at("failover").at("leader_changed").get<bool>()) {
        // It takes connections before it takes writes: with synchronous replication these wait
        // until the standby has come back (wal_retrieve_retry_interval, 5 s).
        auto const ready = log("database system is ready to accept connections");
        auto const writable = instant(summary, "writable");
        ASSERT_TRUE(ready && writable);
        std::printf("  ready      log %.3f s, writable %.3f to %.3f s\n", s(*ready),
                    s(writable->not_before), s(writable->not_after));
        EXPECT_GT(*ready, fault->not_before);
        EXPECT_LE(*ready, writable->not_after + slack);
        return;
    }
    expect_near("lock taken", instant(summary, "lock taken"), log("acquiring session lock"));
    expect_near("promoted", instant(summary, "promoted"), log("selected new timeline ID"));
}

}  // namespace interregnum::test
