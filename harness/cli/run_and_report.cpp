// SPDX-License-Identifier: MIT
#include "harness/cli/run_and_report.h"

#include <cstdio>

#include <fmt/format.h>

#include "harness/cli/outputs.h"
#include "harness/record/reader.h"

namespace interregnum {

Reported run_and_report(DrillRequest const& request, ReportFlags const& flags, ClusterState& state,
                        StopOnSignal& signals) {
    auto const folder = run_drill(request, state, signals);
    if (!folder) {
        fmt::print(stderr, "interregnum: {}\n", folder.error().message);
        return {.code = signals.interrupted() ? ExitCode::interrupted : ExitCode::harness_error};
    }
    auto const record = record::read_record(*folder + "/record.jsonl");
    if (!record) {
        fmt::print(stderr, "interregnum: {}\n", record.error().message);
        return {};
    }
    Judgement const judgement = judge(*record, *folder);
    if (auto written = write_reports(*folder, *record, judgement); !written) {
        fmt::print(stderr, "interregnum: {}\n", written.error().message);
        return {.code = code_without_reports(judgement)};
    }
    add_to_step_summary(render("markdown", *record, judgement));
    std::fflush(stderr);
    if (!flags.quiet)
        fmt::print("{}", render(flags.json ? "json" : "terminal", *record, judgement));
    std::fflush(stdout);
    ExitCode code = exit_code_of(judgement);
    if (code == ExitCode::inconclusive && flags.inconclusive_is_ok) code = ExitCode::pass;
    return {.code = code, .folder = *folder};
}

}  // namespace interregnum
