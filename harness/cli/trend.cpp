// SPDX-License-Identifier: MIT
#include <algorithm>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "harness/base/mistakes.h"
#include "harness/cli/outputs.h"
#include "harness/cli/results_file.h"
#include "harness/cli/run_summaries.h"
#include "harness/cli/verbs.h"
#include "harness/cli/worse.h"

namespace interregnum {
namespace {

// Months of nights of a few clusters; beyond it the oldest are not looked at.
constexpr std::size_t most_runs = 20'000;

struct TrendFlags {
    std::string results;
    std::string scenario;
    std::string measure{"write.downtime"};
    int last{30};
    std::string html;
    bool fail_on_regression{};
    bool json{};
};

ExitCode trend(TrendFlags const& flags) {
    // Whichever scenario is asked for: that it is not played any more, the others show.
    auto const runs = read_with_others(flags.results, flags.scenario, most_runs);
    if (!runs) {
        fmt::print(stderr, "interregnum: {}\n", runs.error().message);
        return ExitCode::usage;
    }
    if (std::ranges::none_of(*runs, [&](RunSummary const& run) {
            return flags.scenario.empty() || run.scenario == flags.scenario;
        })) {
        fmt::print(stderr, "interregnum: no run{} in {}\n",
                   flags.scenario.empty() ? "" : " of " + in_quotes(flags.scenario),
                   in_quotes(flags.results));
        return ExitCode::inconclusive;
    }
    Trend const told = tell_trend_of(*runs, flags.measure, flags.last, flags.scenario);
    ExitCode code = ExitCode::pass;
    if (flags.fail_on_regression && told.regressed)
        code = ExitCode::fail;
    else if (flags.fail_on_regression && !told.can_tell)
        code = ExitCode::inconclusive;
    code = after_writing(code, show(flags.json ? told.told.json : told.told.text));
    if (flags.html.empty()) return code;
    return after_writing(code, write_file(flags.html, told.page));
}

}  // namespace

void add_trend_verb(Verb const& program) {
    Verb const verb = program.add("trend", "show a measure night by night");
    auto const flags = std::make_shared<TrendFlags>();
    verb.takes("--results", flags->results, "the file or database that `run --results` wrote")
        .required();
    verb.takes("--scenario", flags->scenario, "of this scenario only");
    verb.takes("--measure", flags->measure, "what is shown")
        .shows_default()
        .checked_by(wrong_measure);
    verb.takes("--last", flags->last, "so many nights before the newest")
        .between(1, 1000)
        .shows_default();
    verb.takes("--html", flags->html, "also write it as one HTML page to this file");
    verb.flag("--fail-on-regression", flags->fail_on_regression,
              "1 when the newest night is worse than the nights before it by more than chance "
              "explains, 2 when there are too few runs to tell; what was not played for more than "
              "36 h before the newest night is not judged");
    verb.flag("--json", flags->json, "print it as JSON");
    verb.footer("Example: interregnum trend --results nights.db --scenario kill-leader --last 14");
    verb.does([flags] { return trend(*flags); });
}

}  // namespace interregnum
