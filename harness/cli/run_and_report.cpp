// SPDX-License-Identifier: MIT
#include "harness/cli/run_and_report.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include <fmt/format.h>

#include "harness/base/log.h"
#include "harness/cli/outputs.h"
#include "harness/record/reader.h"

namespace interregnum {
namespace {

/// GitHub Actions shows beside the job what its steps append to this file. Not being able to is no
/// reason to call a drill wrong.
void add_to_step_summary(std::string const& markdown) {
    char const* const path = std::getenv("GITHUB_STEP_SUMMARY");
    if (path == nullptr || *path == '\0') return;
    std::ofstream file(path, std::ios::app | std::ios::binary);
    file << markdown << '\n';
    file.close();
    if (!file) log::warn("report.step_summary", std::string("cannot append to ") + path);
}

}  // namespace

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
        return {};
    }
    add_to_step_summary(render("markdown", *record, judgement));
    std::fflush(stderr);
    fmt::print("{}", render(flags.json ? "json" : "terminal", *record, judgement));
    std::fflush(stdout);
    ExitCode code = exit_code_of(judgement);
    if (code == ExitCode::inconclusive && flags.inconclusive_is_ok) code = ExitCode::pass;
    return {.code = code, .folder = *folder};
}

}  // namespace interregnum
