// SPDX-License-Identifier: MIT
// Histories that others recorded, with the verdicts that came with them. They lie outside of the
// project: INTERREGNUM_HISTORIES names their folder (`tests/run` finds it beside the checkout).
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/history_model.h"
#include "reports/checkers/counter.h"
#include "reports/checkers/history_reader.h"
#include "reports/checkers/set_full.h"

namespace interregnum::checkers {
namespace {

using Json = nlohmann::json;

std::string folder() {
    char const* const given = std::getenv("INTERREGNUM_HISTORIES");
    return given == nullptr ? "" : given;
}

#define NEEDS_HISTORIES() \
    if (folder().empty()) \
    GTEST_SKIP() << "INTERREGNUM_HISTORIES does not name a folder of recorded histories"

std::string content(std::string const& path) {
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file) << path;
    std::stringstream all;
    all << file.rdbuf();
    return all.str();
}

std::string_view word(HistoryVerdict verdict) {
    return verdict == HistoryVerdict::valid     ? "valid"
           : verdict == HistoryVerdict::invalid ? "invalid"
                                                : "unknown";
}

HistoryVerdict judge(HistoryModelKind const& model, std::string const& path, Options options) {
    std::string const text = content(path);
    SteadyClock const clock;
    auto const judgement = model.judge(
        TextSource(path, text), options,
        {.clock = &clock, .deadline = clock.now() + std::chrono::seconds(60), .progress = {}});
    EXPECT_TRUE(judgement) << judgement.error().message;
    return judgement ? judgement->verdict : HistoryVerdict::unknown;
}

Options options_of(HistoryModelKind const& model) {
    Options options = fallback_options(model.options);
    for (OptionSpec const& spec : model.options)
        if (spec.type == OptionType::text && !options.has(spec.name))
            options.set(std::string(spec.name), std::string());
    return options;
}

TEST(Recorded, HistoriesHaveTheVerdictsThatCameWithThem) {
    NEEDS_HISTORIES();
    std::istringstream index(content(folder() + "/INDEX.tsv"));
    std::map<std::string, std::map<std::string, int>> table;
    int judged = 0;
    std::string line;
    std::getline(index, line);
    while (std::getline(index, line)) {
        std::istringstream fields(line);
        std::string file;
        std::string name;
        std::string how;
        std::string verdict;
        std::getline(fields, file, '\t');
        std::getline(fields, name, '\t');
        std::getline(fields, how, '\t');
        std::getline(fields, verdict, '\t');
        HistoryModelKind const* const model = Registry<HistoryModelKind>::find(name);
        std::string const family = file.substr(0, file.find('/')) + " " + name;
        if (model == nullptr) {
            ++table[family]["no model yet"];
            continue;
        }
        Options options = options_of(*model);
        if (how.starts_with("total=")) options.set("total", std::stoll(how.substr(6)));
        bool const good = verdict == "linearizable" || verdict == "valid";
        HistoryVerdict const found = judge(*model, folder() + "/" + file, options);
        EXPECT_EQ(found, good ? HistoryVerdict::valid : HistoryVerdict::invalid) << file;
        // "initial=0 or nil, the verdict is the same"
        if (how.starts_with("initial=0 or nil")) {
            options.set("initial", std::string("0"));
            options.set("nil", std::string("unknown"));
            EXPECT_EQ(judge(*model, folder() + "/" + file, options), found) << file;
        }
        ++table[family][fmt::format("{}, judged {}", verdict, word(found))];
        ++judged;
    }
    for (auto const& [family, verdicts] : table)
        for (auto const& [verdict, count] : verdicts)
            fmt::print("{:24} {:40} {:4}\n", family, verdict, count);
    EXPECT_GE(judged, 100);
}

/// Entries `[process, type, f, value]`; event i happens at i ms, as the file says.
std::string lines_of(Json const& history) {
    std::string text;
    std::int64_t time = 0;
    for (Json const& entry : history)
        text += Json{{"process", entry[0]},
                     {"type", entry[1]},
                     {"f", entry[2]},
                     {"value", entry[3]},
                     {"time", 1'000'000 * time++}}
                    .dump() +
                "\n";
    return text;
}

History history_of(Json const& json) {
    Shape const shape{.model = "any", .rules = {{.action = Action::add}, {.action = Action::read}}};
    std::string const text = lines_of(json);
    auto history = read_history(TextSource("micro", text), shape, {}, {.times = true});
    EXPECT_TRUE(history) << history.error().message;
    return history ? *std::move(history) : History{};
}

std::vector<Json> cases_of(std::string const& file) {
    std::istringstream lines(content(folder() + "/micro/" + file));
    std::vector<Json> cases;
    std::string line;
    std::getline(lines, line);  // what the notation is
    while (std::getline(lines, line)) cases.push_back(Json::parse(line));
    return cases;
}

std::vector<std::int64_t> numbers(std::vector<Value> const& values) {
    std::vector<std::int64_t> all;
    for (Value const value : values) all.push_back(value.number());
    return all;
}

void expect_verdict(Json const& wanted, HistoryVerdict verdict, std::string const& name) {
    std::string const text = wanted.is_string()   ? wanted.get<std::string>()
                             : wanted.get<bool>() ? "valid"
                                                  : "invalid";
    EXPECT_EQ(word(verdict), text) << name;
}

TEST(Recorded, SetFullSaysWhatJepsensTestsSay) {
    NEEDS_HISTORIES();
    auto const cases = cases_of("set_full.jsonl");
    EXPECT_GE(cases.size(), 14U);
    for (Json const& one : cases) {
        std::string const name = one["name"];
        Json const& expect = one["expect"];
        SetFullAnswer const answer = check_set_full(history_of(one["history"]));
        expect_verdict(expect["valid"], answer.verdict, name);
        EXPECT_EQ(answer.never_read, expect.value("never_read", Json::array()).size()) << name;
        EXPECT_EQ(numbers(answer.lost), expect.value("lost", std::vector<std::int64_t>{})) << name;
        if (expect.contains("stable")) {
            EXPECT_EQ(answer.stable, expect["stable"].size()) << name;
        }
        EXPECT_EQ(numbers(answer.stale_ones), expect.value("stale", std::vector<std::int64_t>{}))
            << name;
        auto const all = [&](char const* key) { return expect[key].get<std::int64_t>(); };
        if (expect.contains("stable_latency_all")) {
            EXPECT_EQ(answer.stable_ms[4], all("stable_latency_all")) << name;
        }
        if (expect.contains("lost_latency_all")) {
            EXPECT_EQ(answer.lost_ms[4], all("lost_latency_all")) << name;
        }
        for (auto const& [key, latencies] : {std::pair{"lost_latency_ms", answer.lost_ms},
                                             {"stable_latency_ms", answer.stable_ms}}) {
            if (!expect.contains(key)) continue;
            Json const& wanted = expect[key];
            constexpr std::array<char const*, 5> at{"0", "0.5", "0.95", "0.99", "1"};
            for (std::size_t i = 0; i < at.size(); ++i)
                EXPECT_EQ(latencies[i], wanted.contains("all") ? wanted["all"] : wanted[at[i]])
                    << name << " " << key << " " << at[i];
        }
    }
}

/// Jepsen's set takes an element whose add failed for recovered; here it is a finding of its own,
/// and the verdict of that case is the same.
void expect_set(Json const& one) {
    SetAnswer const answer = check_set(history_of(one["history"]));
    Json const& expect = one["expect"];
    expect_verdict(expect["valid"], answer.verdict, one["name"]);
    auto const list = [&](char const* key) {
        return expect.value(key, std::vector<std::int64_t>{});
    };
    EXPECT_EQ(numbers(answer.ok), list("ok"));
    EXPECT_EQ(numbers(answer.lost), list("lost"));
    EXPECT_EQ(numbers(answer.recovered), list("recovered"));
    EXPECT_EQ(numbers(answer.unexpected), list("unexpected"));
    EXPECT_EQ(answer.attempts, expect["attempts"]);
    EXPECT_EQ(answer.acknowledged, expect["acknowledged"]);
    EXPECT_EQ(answer.aborted, 1U);
}

void expect_counter(Json const& one) {
    CounterAnswer const answer = check_counter(history_of(one["history"]));
    Json const& expect = one["expect"];
    expect_verdict(expect["valid"], answer.verdict, one["name"]);
    std::vector<CounterRead> wanted;
    for (Json const& read : expect["reads"])
        wanted.push_back({.least = read[0], .value = read[1], .most = read[2]});
    // Here in the order they ended; there in the order they began.
    ASSERT_EQ(answer.reads.size(), wanted.size()) << one["name"];
    for (CounterRead const& read : wanted)
        EXPECT_TRUE(std::ranges::find(answer.reads, read) != answer.reads.end())
            << one["name"] << ": " << read.least << " " << read.value << " " << read.most;
    EXPECT_EQ(answer.wrong, expect.value("errors", Json::array()).size()) << one["name"];
}

TEST(Recorded, SetAndCounterSayWhatJepsensTestsSay) {
    NEEDS_HISTORIES();
    int judged = 0;
    for (Json const& one : cases_of("checkers.jsonl")) {
        if (one["checker"] == "set") expect_set(one);
        if (one["checker"] == "counter") expect_counter(one);
        judged += one["checker"] == "set" || one["checker"] == "counter" ? 1 : 0;
    }
    EXPECT_EQ(judged, 7);
}

}  // namespace
}  // namespace interregnum::checkers
