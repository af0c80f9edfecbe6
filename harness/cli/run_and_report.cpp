// SPDX-License-Identifier: MIT
#include "harness/cli/run_and_report.h"

#include <cstdio>

#include <fmt/format.h>

#include "harness/cli/outputs.h"
#include "harness/cli/worse.h"
#include "harness/engine/undo_journal.h"
#include "harness/record/reader.h"

namespace interregnum {

Reported run_and_report(DrillRequest const& request, ReportFlags const& flags, ClusterState& state,
                        StopOnSignal& signals) {
    auto const folder = run_drill(request, state, signals);
    if (!folder) {
        complain(folder.error().message);
        return {.code = signals.interrupted() ? ExitCode::interrupted : ExitCode::harness_error};
    }
    auto const record = record::read_record(*folder + "/record.jsonl");
    if (!record) {
        complain(record.error().message);
        return {.code = code_without_record(*folder), .run_folder = *folder};
    }
    Judgement const judgement = judge(*record, *folder);
    if (auto written = write_reports(*folder, *record, judgement); !written) {
        complain(written.error().message);
        return {.code = code_without_reports(judgement), .run_folder = *folder};
    }
    add_to_step_summary(render("markdown", *record, judgement));
    std::fflush(stderr);
    ExitCode code = exit_code_of(judgement);
    if (code == ExitCode::inconclusive && flags.inconclusive_is_ok) code = ExitCode::pass;
    if (!flags.quiet)
        code =
            after_writing(code, show(render(flags.json ? "json" : "terminal", *record, judgement)));
    return {.code = code, .folder = *folder, .run_folder = *folder};
}

ExitCode code_without_record(std::string const& run_folder) {
    auto const promises = open_promises(run_folder + "/undo.journal");
    if (promises && promises->empty()) return ExitCode::harness_error;
    complain(fmt::format("{}: faults may be in force; `interregnum heal` undoes them", run_folder));
    return ExitCode::not_undone;
}

}  // namespace interregnum
