// SPDX-License-Identifier: MIT
#include "harness/cli/results_file.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>

#include <fmt/format.h>

#include "harness/base/database_url.h"
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

ResultsKind const& kind_of(std::string const& where) {
    return built_in<ResultsKind>(is_database_url(where) ? "postgresql" : "sqlite");
}

}  // namespace

Status try_results(std::string const& where) {
    auto const store = kind_of(where).open(where);
    if (!store) return std::unexpected(store.error());
    return {};
}

Status add_to_results(std::string const& where, std::string const& run_folder) {
    auto const run = read_run(run_folder);
    if (!run) return std::unexpected(run.error());
    auto const store = kind_of(where).open(where);
    if (!store) return std::unexpected(store.error());
    return (*store)->add(*run);
}

Result<std::vector<RunSummary>> read_results(std::string const& where, std::string const& scenario,
                                             std::size_t most) {
    std::error_code ignored;
    if (!is_database_url(where) && !std::filesystem::is_regular_file(where, ignored))
        return fail(Error::Kind::not_found,
                    fmt::format("no results at {}: `run --results` writes them", in_quotes(where)));
    auto const store = kind_of(where).open(where);
    if (!store) return std::unexpected(store.error());
    return (*store)->runs(scenario, most);
}

Result<std::vector<RunSummary>> read_with_others(std::string const& where,
                                                 std::string const& scenario, std::size_t most) {
    auto runs = read_results(where, scenario, most);
    if (!runs || scenario.empty()) return runs;
    auto all = read_results(where, "", most);
    if (!all) return all;
    std::erase_if(*all, [&](RunSummary const& run) { return run.scenario == scenario; });
    runs->insert(runs->end(), std::make_move_iterator(all->begin()),
                 std::make_move_iterator(all->end()));
    return runs;
}

Trend tell_trend_of(std::vector<RunSummary> const& runs, std::string const& measure, int nights,
                    std::string const& scenario) {
    return built_in<TrendKind>("default").tell(runs, measure, nights, scenario);
}

}  // namespace interregnum
