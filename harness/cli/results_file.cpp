// SPDX-License-Identifier: MIT
#include "harness/cli/results_file.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "harness/base/mistakes.h"
#include "harness/cli/run_summaries.h"

namespace interregnum {
namespace {

template <class Kind>
Kind const& built_in(std::string_view name) {
    Kind const* const kind = Registry<Kind>::find(name);
    if (kind == nullptr) {
        fmt::print(stderr, "interregnum: built without {}\n", name);
        std::abort();
    }
    return *kind;
}

}  // namespace

Status add_to_results(std::string const& file, std::string const& run_folder) {
    auto const run = read_run(run_folder);
    if (!run) return std::unexpected(run.error());
    auto const store = built_in<ResultsKind>("sqlite").open(file);
    if (!store) return std::unexpected(store.error());
    return (*store)->add(*run);
}

Result<std::vector<RunSummary>> read_results(std::string const& file, std::string const& scenario,
                                             std::size_t most) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(file, ignored))
        return fail(Error::Kind::not_found,
                    fmt::format("no results at {}: `run --results` writes them", in_quotes(file)));
    auto const store = built_in<ResultsKind>("sqlite").open(file);
    if (!store) return std::unexpected(store.error());
    return (*store)->runs(scenario, most);
}

Trend tell_trend_of(std::vector<RunSummary> const& runs, std::string const& measure, int nights) {
    return built_in<TrendKind>("default").tell(runs, measure, nights);
}

}  // namespace interregnum
