// SPDX-License-Identifier: MIT
// How long `check FILE --model` takes from the file to the verdict, in a process of its own, beside
// reading the file alone and checking alone, at growing sizes; and how much memory. Medians; each
// promise that does not hold is said, and then the program fails. `--ten-million` adds 10,000,000
// operations; of these one model at a time, `--benchmark_filter=_register_`, unless there is much
// time and memory.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/cli/history_file.h"
#include "harness/history_model.h"
#include "reports/checkers/bank.h"
#include "reports/checkers/counter.h"
#include "reports/checkers/history_reader.h"
#include "reports/checkers/linearizable.h"
#include "reports/checkers/quota.h"
#include "reports/checkers/sessions.h"
#include "reports/checkers/set_full.h"
#include "tests/bench/histories.h"

namespace interregnum::bench {
namespace {

using namespace checkers;
using namespace std::chrono_literals;

constexpr double most_growth = 12;  // for ten times the input
constexpr std::int64_t quota = 500;

/// A model as it is measured: how its lines are read, and its check alone.
struct Measured {
    std::string name;  ///< of the model, and of the kind of history
    std::vector<ActionRule> rules;
    HistoryVerdict (*check)(History const&){nullptr};
    std::uint32_t keys{1};
    bool promised{true};  ///< that the check takes no longer than the reading
};

HistoryLimits limits() {
    static SteadyClock const clock;
    return {.clock = &clock, .deadline = clock.now() + 60s, .progress = {}};
}

HistoryVerdict linearizable(History const& history) {
    return check_linearizable(history, {.initial = Value::integer(0)}, limits()).verdict;
}

std::vector<Measured> const& all_measured() {
    static std::vector<ActionRule> const registers{{.action = Action::read},
                                                   {.action = Action::write}};
    static std::vector<ActionRule> const adds{{.action = Action::add}, {.action = Action::read}};
    static std::vector<ActionRule> const sales{{.action = Action::buy, .reasons = true},
                                               {.action = Action::cancel},
                                               {.action = Action::read}};
    static std::vector<ActionRule> const transfers{{.action = Action::transfer},
                                                   {.action = Action::read}};
    static std::vector<Measured> const all{
        {"register", registers, linearizable, 100},
        {"quota", sales, [](History const& history) { return check_quota(history, quota).verdict; },
         100},
        {"bank", transfers,
         [](History const& history) { return check_bank(history, {.total = 800}).verdict; }},
        {"sessions", registers,
         [](History const& history) { return check_sessions(history).verdict; }, 100},
        {"set-full", adds, [](History const& history) { return check_set_full(history).verdict; }},
        {"counter", adds, [](History const& history) { return check_counter(history).verdict; }, 1,
         false}};
    return all;
}

/// As the histories here are meant.
Options options_of(std::string const& model_name) {
    HistoryModelKind const* const model = Registry<HistoryModelKind>::find(model_name);
    Options options = fallback_options(model->options);
    for (OptionSpec const& spec : model->options) {
        if (spec.name == "initial") options.set("initial", std::string("0"));
        if (spec.name == "quota") options.set("quota", quota);
    }
    return options;
}

template <class T>
T or_end(Result<T> result) {
    if (result) return *std::move(result);
    fmt::print("{}\n", result.error().message);
    std::exit(3);
}

/// From the file to the verdict.
HistoryVerdict judged(std::string const& model, std::string const& path, Options const& options) {
    auto const source = or_end(open_history(path));
    HistoryModelKind const* const kind = Registry<HistoryModelKind>::find(model);
    return or_end(kind->judge(*source, options, limits())).verdict;
}

History parsed(Measured const& measured, std::string const& path) {
    Shape const shape{.model = measured.name, .rules = measured.rules};
    auto const source = or_end(open_history(path));
    return or_end(read_history(*source, shape, limits(), {.times = measured.name == "set-full"}));
}

/// What judging a file once costs, in a process of its own, as who says `check FILE` has it: memory
/// that an earlier history had made warm would make the small ones look quicker than they are.
struct Cost {
    double seconds{};   ///< from opening the file to the verdict
    double peak_mib{};  ///< the most memory
};

constexpr std::string_view once = "--judge-once";

/// `--judge-once MODEL FILE FD`: writes the seconds to FD, as a double.
int judge_once(std::string const& model, std::string const& path, int to) {
    auto const began = std::chrono::steady_clock::now();
    bool const valid = judged(model, path, options_of(model)) == HistoryVerdict::valid;
    std::chrono::duration<double> const took = std::chrono::steady_clock::now() - began;
    double const seconds = took.count();
    bool const told = ::write(to, &seconds, sizeof seconds) == sizeof seconds;
    return valid && told ? 0 : 1;
}

Cost cost_of(std::string const& model, std::string const& path) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) std::exit(3);
    std::string const end = std::to_string(ends[1]);
    pid_t const child = ::fork();
    if (child == 0) {
        ::execl("/proc/self/exe", "history_bench", once.data(), model.c_str(), path.c_str(),
                end.c_str(), nullptr);
        ::_exit(127);
    }
    int status = 0;
    rusage used{};
    Cost cost;
    if (child < 0 || ::wait4(child, &status, 0, &used) != child || status != 0 ||
        ::read(ends[0], &cost.seconds, sizeof cost.seconds) != sizeof cost.seconds) {
        fmt::print("{} is not judged valid\n", path);
        std::exit(1);
    }
    ::close(ends[0]);
    ::close(ends[1]);
    cost.peak_mib = static_cast<double>(used.ru_maxrss) / 1024;
    return cost;
}

/// A folder for files that goes with the program.
class Folder {
public:
    Folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "history-XXXXXX").string();
        if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
    }
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] std::string file(std::string_view name) const {
        return fmt::format("{}/{}.jsonl", path_, name);
    }

private:
    std::string path_;
};

/// Prints as usual, and keeps the medians (ms) by name.
class Medians final : public benchmark::ConsoleReporter {
public:
    Medians() : ConsoleReporter(OO_Tabular) {}
    void ReportRuns(std::vector<Run> const& reports) override {
        for (Run const& run : reports)
            if (run.aggregate_name == "median")
                ms_[run.run_name.function_name] = run.GetAdjustedRealTime();
        ConsoleReporter::ReportRuns(reports);
    }
    [[nodiscard]] double of(std::string const& name) const {
        auto const found = ms_.find(name);
        return found == ms_.end() ? 0 : found->second;
    }

private:
    std::map<std::string, double> ms_;
};

template <class Work>
void measure(std::string const& name, int repetitions, Work const& work) {
    benchmark::RegisterBenchmark(name.c_str(), [work](benchmark::State& state) { work(state); })
        ->Unit(benchmark::kMillisecond)
        ->UseRealTime()
        ->MinTime(0.05)
        ->Repetitions(repetitions)
        ->ReportAggregatesOnly();
}

void expect_valid(HistoryVerdict verdict, benchmark::State& state) {
    if (verdict != HistoryVerdict::valid) state.SkipWithError("not judged valid");
}

std::string name_of(std::string_view part, Measured const& measured, std::uint64_t size) {
    return fmt::format("{}_{}_{}", part, measured.name, size);
}

void measure_all(Folder const& folder, Measured const& measured, std::uint64_t size) {
    std::string const path = folder.file(name_of("history", measured, size));
    int const repetitions = size >= 1'000'000 ? 3 : 5;
    measure(name_of("parse", measured, size), repetitions, [&measured, path](auto& state) {
        for (auto _ : state) benchmark::DoNotOptimize(parsed(measured, path).lines);
    });
    measure(name_of("check", measured, size), repetitions, [&measured, path](auto& state) {
        History const history = parsed(measured, path);
        for (auto _ : state) expect_valid(measured.check(history), state);
    });
    benchmark::RegisterBenchmark(
        name_of("whole", measured, size).c_str(),
        [&measured, path](benchmark::State& state) {
            for (auto _ : state) state.SetIterationTime(cost_of(measured.name, path).seconds);
        })
        ->Unit(benchmark::kMillisecond)
        ->UseManualTime()
        ->MinTime(0.05)
        ->Repetitions(repetitions)
        ->ReportAggregatesOnly();
}

/// 10,000 operations of many clients on one key: of unique values, of few, with cas. Each cas of
/// unknown outcome doubles what a search for an order of few values has to think of; the twenty in
/// these histories are many for a minute of a cluster under test.
void measure_one_key(Folder const& folder) {
    std::map<std::string, std::string> const models{
        {"register", "register"}, {"values", "register"}, {"cas", "cas-register"}};
    for (std::uint32_t const clients : {20U, 30U})
        for (auto const& [kind, model] : models) {
            std::string const name = fmt::format("one_key_{}_{}_clients", kind, clients);
            std::string const path = folder.file(name);
            write_history({.kind = kind,
                           .operations = 10'000,
                           .clients = clients,
                           .keys = 1,
                           .unknown_every = kind == "cas" ? 500U : 50U},
                          path);
            Options const options = options_of(model);
            measure(name, 3, [model = std::string(model), path, options](auto& state) {
                for (auto _ : state) expect_valid(judged(model, path, options), state);
            });
        }
}

/// Histories of others, all together; false where they are not.
bool measure_recorded() {
    char const* const folder = std::getenv("INTERREGNUM_HISTORIES");
    if (folder == nullptr) return false;
    struct Recorded {
        std::string path;
        std::string model;
        Options options;
    };
    std::vector<Recorded> files;
    std::ifstream index(std::string(folder) + "/INDEX.tsv");
    for (std::string line; std::getline(index, line);) {
        std::istringstream fields(line);
        std::string file;
        std::string model;
        std::getline(fields, file, '\t');
        std::getline(fields, model, '\t');
        if (!file.starts_with("etcd/") && !file.starts_with("kv/")) continue;
        Options options = fallback_options(Registry<HistoryModelKind>::find(model)->options);
        if (!options.has("initial")) options.set("initial", std::string());
        files.push_back({std::string(folder) + "/" + file, model, options});
    }
    measure("recorded_etcd_kv", 5, [files](auto& state) {
        for (auto _ : state)
            for (Recorded const& one : files)
                benchmark::DoNotOptimize(judged(one.model, one.path, one.options));
    });
    return !files.empty();
}

/// Prints the table; how many promises do not hold.
int tell(Medians const& medians, std::vector<std::uint64_t> const& sizes,
         std::map<std::string, double> const& memory) {
    int broken = 0;
    fmt::print("\n{:10} {:>10} {:>11} {:>11} {:>11} {:>8} {:>10}\n", "model", "operations",
               "parse ms", "check ms", "whole ms", "growth", "peak MiB");
    for (Measured const& measured : all_measured()) {
        double before = 0;
        for (std::uint64_t const size : sizes) {
            double const parse = medians.of(name_of("parse", measured, size));
            double const check = medians.of(name_of("check", measured, size));
            double const whole = medians.of(name_of("whole", measured, size));
            if (whole == 0) continue;  // filtered out
            bool const longer = measured.promised && check > parse;
            bool const grown = before > 0 && whole > most_growth * before;
            fmt::print("{:10} {:10} {:11.2f} {:11.2f} {:11.2f} {:>8} {:10.0f}{}{}\n", measured.name,
                       size, parse, check, whole,
                       before > 0 ? fmt::format("{:.1f}", whole / before) : "",
                       memory.at(name_of("memory", measured, size)),
                       longer ? "  LONGER THAN THE PARSE" : "", grown ? "  GROWS TOO FAST" : "");
            broken += (longer ? 1 : 0) + (grown ? 1 : 0);
            before = whole;
        }
    }
    return broken;
}

/// Whether --benchmark_filter leaves any of its measurements: a history of ten million operations
/// takes minutes to write, and memory to judge.
bool wanted(Measured const& measured, std::uint64_t size) {
    std::string const filter = benchmark::GetBenchmarkFilter();
    if (filter.empty() || filter == "all" || filter.starts_with('-')) return true;
    std::regex const pattern(filter, std::regex::extended);
    return std::ranges::any_of(std::array{"parse", "check", "whole"}, [&](std::string_view part) {
        return std::regex_search(name_of(part, measured, size), pattern);
    });
}

/// Writes a history in a process of its own: this one stays small, for `cost_of`.
bool write_apart(HistoryPlan const& plan, std::string const& path) {
    pid_t const child = ::fork();
    if (child == 0) {
        write_history(plan, path);
        ::_exit(0);
    }
    int status = 0;
    return child > 0 && ::waitpid(child, &status, 0) == child && status == 0;
}

int run(int argc, char** argv) {
    if (argc == 5 && argv[1] == once) return judge_once(argv[2], argv[3], std::atoi(argv[4]));
    std::vector<std::uint64_t> sizes{10'000, 100'000, 1'000'000};
    std::vector<char*> left;
    for (int i = 0; i < argc; ++i)
        if (std::string_view(argv[i]) == "--ten-million")
            sizes.push_back(10'000'000);
        else
            left.push_back(argv[i]);
    auto count = static_cast<int>(left.size());
    benchmark::Initialize(&count, left.data());
    if (benchmark::ReportUnrecognizedArguments(count, left.data())) return 64;
    Folder const folder;
    std::map<std::string, double> memory;
    for (Measured const& measured : all_measured())
        for (std::uint64_t const size : sizes) {
            if (!wanted(measured, size)) continue;
            std::string const path = folder.file(name_of("history", measured, size));
            if (!write_apart({.kind = measured.name, .operations = size, .keys = measured.keys},
                             path))
                return 3;
            memory[name_of("memory", measured, size)] = cost_of(measured.name, path).peak_mib;
            measure_all(folder, measured, size);
        }
    measure_one_key(folder);
    bool const recorded = measure_recorded();
    Medians medians;
    benchmark::RunSpecifiedBenchmarks(&medians);
    int const broken = tell(medians, sizes, memory);
    if (!recorded) fmt::print("INTERREGNUM_HISTORIES names no recorded histories: not measured\n");
    fmt::print("{} promises do not hold\n", broken);
    return broken == 0 ? 0 : 1;
}

}  // namespace
}  // namespace interregnum::bench

int main(int argc, char** argv) { return interregnum::bench::run(argc, argv); }
