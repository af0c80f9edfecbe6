// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/format.h"
#include "reports/judge.h"
#include "reports/rows.h"

namespace interregnum {
namespace {

// Text in a table cell: no cell, line or HTML of its own.
std::string cell(std::string_view text) {
    std::string safe;
    for (char const c : text) {
        if (static_cast<unsigned char>(c) < 0x20)
            safe += ' ';
        else if (c == '|' || c == '\\' || c == '`' || c == '*' || c == '_' || c == '[' ||
                 c == ']' || c == '#')
            (safe += '\\') += c;
        else if (c == '<')
            safe += "&lt;";
        else if (c == '&')
            safe += "&amp;";
        else
            safe += c;
    }
    return safe;
}

std::string render(record::Record const& record, Judgement const& judgement) {
    std::string text = fmt::format("# {}: {} on {}\n\n", verdict_word(judgement.verdict),
                                   cell(record.run.scenario), cell(record.run.cluster));
    if (!record.run.title.empty()) text += cell(record.run.title) + ".\n\n";
    if (!record.run.why.empty()) text += fmt::format("Expected: {}\n\n", cell(record.run.why));
    text += fmt::format("**{}**: {}\n\n| | | |\n|---|---|---|\n", verdict_word(judgement.verdict),
                        cell(judgement.because));
    for (Row const& row : summary_rows(record, judgement))
        text += fmt::format("| {} | {} | {} |\n", cell(row.label), cell(row.main), cell(row.side));
    if (!judgement.expectations.empty()) {
        text += "\n| expected | measured | |\n|---|---|---|\n";
        for (Judged const& judged : judgement.expectations)
            text += fmt::format("| {} | {} | {} |\n", cell(judged.expectation.text),
                                cell(judged.sentence), verdict_word(judged.verdict));
    }
    std::string troubles;
    for (Row const& row : trouble_rows(record, judgement))
        troubles += row.label.empty() ? fmt::format("  - {}\n", cell(row.main))
                                      : fmt::format("- {}: {}\n", row.label, cell(row.main));
    if (!troubles.empty()) text += "\n" + troubles;
    return text;
}

RegisterFormat const registered{{.name = "markdown",
                                 .summary = "a summary for merge requests and chats",
                                 .file = "summary.md",
                                 .render = render}};

}  // namespace
}  // namespace interregnum
