// SPDX-License-Identifier: MIT
#include "harness/cli/run_summaries.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <set>

#include <fmt/format.h>
#include <glob.h>

#include "harness/base/mistakes.h"
#include "harness/base/nearest.h"
#include "harness/base/text_file.h"

namespace interregnum {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_summary = std::size_t{16} << 20U;
constexpr std::size_t most_runs = 10'000;

bool is_there(std::string const& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

bool is_run(std::string const& folder) {
    return is_there(folder + "/summary.json") || is_there(folder + "/record.jsonl");
}

std::string trimmed(std::string path) {
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    return path;
}

// What the pattern matches, sorted; the place itself when it matches nothing.
std::vector<std::string> places(std::string const& where) {
    std::vector<std::string> found;
    glob_t matches{};
    if (is_there(where) || ::glob(where.c_str(), 0, nullptr, &matches) != 0)
        found.push_back(where);
    else
        for (std::size_t i = 0; i < matches.gl_pathc; ++i) found.emplace_back(matches.gl_pathv[i]);
    ::globfree(&matches);
    return found;
}

// The run folders at a place: itself, or those in it.
void add_folders(std::string const& place, std::set<std::string>& folders) {
    if (is_run(place)) {
        folders.insert(place);
        return;
    }
    std::error_code error;
    for (fs::directory_iterator entry(place, error), end; !error && entry != end;
         entry.increment(error))
        if (std::string const path = entry->path().string(); is_run(path)) folders.insert(path);
}

}  // namespace

StatisticsKind const& statistics() {
    StatisticsKind const* const kind = Registry<StatisticsKind>::find("default");
    if (kind == nullptr) {
        std::fputs("interregnum: built without statistics\n", stderr);
        std::abort();
    }
    return *kind;
}

std::string wrong_measure(std::string const& name) {
    if (Registry<MeasureKind>::find(name) != nullptr) return {};
    std::vector<std::string> names;
    for (MeasureKind const* kind : Registry<MeasureKind>::all()) names.emplace_back(kind->name);
    return fmt::format("there is no measure {}{}; see: interregnum list measures", in_quotes(name),
                       did_you_mean(name, names));
}

Result<RunSummary> read_run(std::string const& folder) {
    std::string const path = folder + "/summary.json";
    auto const text = read_text_file(path, largest_summary);
    if (!text) {
        if (text.error().kind == Error::Kind::not_found)
            return fail(Error::Kind::not_found,
                        fmt::format("{} is not there; \"interregnum report\" writes it from the "
                                    "record of a run that was killed",
                                    in_quotes(path)));
        return std::unexpected(text.error());
    }
    auto summary = statistics().read(*text);
    if (!summary) return fail_in(in_quotes(path), summary.error());
    return summary;
}

Result<FoundRuns> find_runs(std::string const& where) {
    std::set<std::string> folders;
    for (std::string const& place : places(trimmed(where))) add_folders(trimmed(place), folders);
    if (folders.empty())
        return fail(Error::Kind::not_found,
                    fmt::format("no run at {}: expected a run folder, a folder of such, or a "
                                "pattern of either in quotes",
                                in_quotes(where)));
    if (folders.size() > most_runs)
        return fail(Error::Kind::invalid, fmt::format("{} runs at {}, more than {}: name fewer",
                                                      folders.size(), in_quotes(where), most_runs));
    FoundRuns found;
    for (std::string const& folder : folders) {
        if (auto run = read_run(folder))
            found.runs.push_back(std::move(*run));
        else
            found.skipped.push_back(std::move(run.error().message));
    }
    return found;
}

}  // namespace interregnum
