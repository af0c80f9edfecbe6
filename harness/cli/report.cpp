// SPDX-License-Identifier: MIT
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "harness/base/nearest.h"
#include "harness/cli/outputs.h"
#include "harness/cli/verbs.h"
#include "harness/record/reader.h"

namespace interregnum {
namespace {

struct ReportFlags {
    std::string folder;
    std::string format;
};

// Rendering again is no judgement: what can be reported on is a success.
ExitCode report(ReportFlags flags) {
    while (flags.folder.size() > 1 && flags.folder.ends_with('/')) flags.folder.pop_back();
    std::vector<std::string> formats;
    for (FormatKind const* kind : Registry<FormatKind>::all()) formats.emplace_back(kind->name);
    if (!flags.format.empty() && Registry<FormatKind>::find(flags.format) == nullptr) {
        fmt::print(stderr, "interregnum: there is no format \"{}\"{}; there are {}\n", flags.format,
                   did_you_mean(flags.format, formats), fmt::join(formats, ", "));
        return ExitCode::usage;
    }
    auto const record = record::read_record(flags.folder + "/record.jsonl");
    if (!record) {
        fmt::print(stderr, "interregnum: {}\n", record.error().message);
        return ExitCode::usage;
    }
    Judgement const judgement = judge(*record, flags.folder);
    if (!flags.format.empty()) {
        fmt::print("{}", render(flags.format, *record, judgement));
        return ExitCode::pass;
    }
    if (Status const written = write_reports(flags.folder, *record, judgement); !written) {
        fmt::print(stderr, "interregnum: {}\n", written.error().message);
        return ExitCode::harness_error;
    }
    fmt::print("{}", render("terminal", *record, judgement));
    return ExitCode::pass;
}

}  // namespace

void add_report_verb(Verb const& program) {
    Verb const verb = program.add(
        "report", "write a run's reports again from its record; works for a killed run, too");
    auto const flags = std::make_shared<ReportFlags>();
    verb.takes("RUN", flags->folder, "a run folder").required();
    verb.takes("--format", flags->format, "print this one format instead of writing the files");
    verb.footer(
        "Exit codes: 0 reported, whatever the verdict is (`interregnum check RUN` ends with its "
        "code),\n3 the files could not be written, 64 no such run or format.");
    verb.does([flags] { return report(*flags); });
}

}  // namespace interregnum
