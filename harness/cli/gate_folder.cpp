// SPDX-License-Identifier: MIT
#include "harness/cli/gate_folder.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "harness/base/clock.h"
#include "harness/base/json_document.h"
#include "harness/base/text_file.h"
#include "harness/base/units.h"
#include "harness/cli/gate_choice.h"
#include "harness/cli/outputs.h"
#include "harness/cli/run_summaries.h"
#include "harness/record/reader.h"

namespace interregnum {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_page = std::size_t{16} << 20U;
constexpr int most_values = 1'000'000;
// "2026-11-22T03-10-44-", before the scenario's name.
constexpr std::size_t time_and_dash = 20;

bool is_true(Value const& object, std::string_view key) {
    Value const* const value = object.find(key);
    return value != nullptr && value->boolean;
}

Decision decision_of(Value const& page) {
    Value const* const value = page.find("decision");
    if (value != nullptr && value->text == "go") return Decision::go;
    if (value != nullptr && value->text == "no_go") return Decision::no_go;
    return Decision::undecided;
}

/// The drill whose run folder that must be, by its name.
GateDrill* drill_of_folder(std::string const& name, std::vector<GateDrill>& drills) {
    if (name.size() <= time_and_dash) return nullptr;
    std::string_view const rest = std::string_view(name).substr(time_and_dash);
    GateDrill* found = nullptr;
    for (GateDrill& drill : drills) {
        if (rest == drill.scenario) return &drill;
        // A second run of the same second: "kill-leader-2".
        bool const with_suffix =
            rest.starts_with(drill.scenario + '-') &&
            std::ranges::all_of(rest.substr(drill.scenario.size() + 1),
                                [](char letter) { return letter >= '0' && letter <= '9'; });
        if (with_suffix) found = &drill;
    }
    return found;
}

/// A play that lost something, or could not undo its fault, before its controller was killed: what
/// the record proves is as true as if somebody had called `report`, and like that it gets its
/// reports. Nothing of any other, or where the record cannot be read. Errors: the reports cannot be
/// written.
Result<std::optional<RunSummary>> proved_when_killed(std::string const& folder) {
    auto const record = record::read_record(folder + "/record.jsonl");
    if (!record) return std::nullopt;
    Judgement const judgement = judge(*record, folder);
    if (judgement.verdict != Verdict::fail && !judgement.not_undone) return std::nullopt;
    if (Status const written = write_reports(folder, *record, judgement); !written)
        return std::unexpected(written.error());
    auto run = read_run(folder);
    if (!run) return std::unexpected(run.error());
    return std::move(*run);
}

/// A run that has a summary.
Status add_play(std::string const& folder, RunSummary const& run, GateFacts& facts, int retries) {
    auto const strange = [&folder](std::string const& why) {
        return fail(Error::Kind::refused,
                    fmt::format("{} is no play of this gate: {}; move it away", folder, why));
    };
    auto const drill = std::ranges::find(facts.drills, run.scenario, &GateDrill::scenario);
    if (drill == facts.drills.end())
        return strange(fmt::format("it has no drill {}", in_quotes(run.scenario)));
    if (run.cluster != facts.cluster)
        return strange(fmt::format("its cluster is {}", in_quotes(run.cluster)));
    // Unsigned: what is below the first seed is far beyond the last.
    auto const planned =
        static_cast<std::uint64_t>(drill->repeats) + static_cast<std::uint64_t>(retries);
    if (run.seed - facts.first_seed >= planned)
        return strange(fmt::format("the seed {} is not planned (the first is {})", run.seed,
                                   facts.first_seed));
    std::string name = fs::path(folder).filename();
    auto const same_seed = [&run](GateRun const& one) { return one.summary.seed == run.seed; };
    if (std::ranges::any_of(drill->runs, same_seed))
        drill->cut_off.push_back(
            {.folder = std::move(name),
             .why = fmt::format("the seed {} had a result already", run.seed)});
    else if (!is_result(run))
        drill->cut_off.push_back(
            {.folder = std::move(name), .why = fmt::format("seed {} was interrupted", run.seed)});
    else
        drill->runs.push_back({.summary = run,
                               .folder = std::move(name),
                               .not_undone = run.not_undone,
                               .interrupted = run.interrupted});
    return {};
}

}  // namespace

Result<std::string> make_gate_folder(std::string const& out, std::string const& suite) {
    std::string const base =
        fmt::format("{}/{}-gate-{}", out, format_wall_for_file(wall_now()), suite);
    std::error_code error;
    fs::create_directories(out, error);
    for (int attempt = 1; attempt <= 100 && !error; ++attempt) {
        std::string folder = attempt == 1 ? base : fmt::format("{}-{}", base, attempt);
        if (fs::create_directory(folder, error)) return folder;
    }
    return fail(Error::Kind::failed,
                fmt::format("cannot make the gate's folder in {}: {}", out, error.message()));
}

ExitCode code_of(GateEnd const& end, bool undecided_is_ok) {
    if (end.not_undone) return ExitCode::not_undone;
    if (end.decision == Decision::no_go) return ExitCode::fail;
    if (end.interrupted) return ExitCode::interrupted;
    if (end.harness_broke) return ExitCode::harness_error;
    if (end.decision == Decision::undecided && !undecided_is_ok) return ExitCode::inconclusive;
    return ExitCode::pass;
}

Result<std::optional<GateEnd>> read_gate_end(std::string const& gate_folder) {
    std::string const path = gate_folder + "/gate.json";
    auto const text = read_text_file(path, largest_page);
    if (!text && text.error().kind == Error::Kind::not_found) return std::nullopt;
    if (!text) return std::unexpected(text.error());
    Mistakes mistakes;
    FileMistakes file(path, mistakes);
    auto const page = parse_json(*text, file, {.bytes = largest_page, .values = most_values});
    if (!page || page->kind != Value::Kind::object)
        return fail(Error::Kind::invalid,
                    mistakes.empty() ? in_quotes(path) + ": expected an object" : mistakes.text());
    Value const* const because = page->find("because");
    return GateEnd{.decision = decision_of(*page),
                   .not_undone = is_true(*page, "not_undone"),
                   .harness_broke = is_true(*page, "harness_broke"),
                   .interrupted = is_true(*page, "interrupted"),
                   .unfinished = is_true(*page, "unfinished"),
                   .because = because == nullptr ? "" : because->text};
}

Status forget_gate_end(std::string const& gate_folder) {
    std::error_code error;
    fs::remove(gate_folder + "/gate.json", error);
    if (!error) return {};
    return fail(Error::Kind::failed,
                fmt::format("cannot remove {}/gate.json: {}", gate_folder, error.message()));
}

Status add_plays_of(std::string const& gate_folder, GateFacts& facts, int retries) {
    std::vector<std::string> folders;
    std::error_code error;
    for (fs::directory_iterator entry(gate_folder, error), end; !error && entry != end;
         entry.increment(error))
        if (entry->is_directory(error)) folders.push_back(entry->path().string());
    if (error)
        return fail(Error::Kind::failed,
                    fmt::format("cannot look into {}: {}", gate_folder, error.message()));
    std::ranges::sort(folders);  // by the time they were begun
    for (std::string const& folder : folders) {
        std::string const name = fs::path(folder).filename();
        GateDrill* const drill = drill_of_folder(name, facts.drills);
        auto run = read_run(folder);
        bool const was_killed = !run && run.error().kind == Error::Kind::not_found;
        if (was_killed && drill != nullptr) {
            auto const proved = proved_when_killed(folder);
            if (!proved) return std::unexpected(proved.error());
            if (*proved) run = **proved;
        }
        if (run) {
            if (Status added = add_play(folder, *run, facts, retries); !added) return added;
        } else if (drill != nullptr) {
            drill->cut_off.push_back(
                {.folder = name,
                 .why = was_killed ? "its controller was killed" : run.error().message});
        }
    }
    return {};
}

}  // namespace interregnum
