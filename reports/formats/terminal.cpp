// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/format.h"
#include "reports/judge.h"
#include "reports/rows.h"

namespace interregnum {
namespace {

constexpr std::size_t width = 85;    // the verdict of the first line ends here
constexpr std::size_t side_at = 32;  // the second column begins so far from the first

// Text of a record may hold anything; a terminal must see printable text only.
std::string printable(std::string const& text) {
    std::string clean;
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        clean += byte < 0x20 || byte == 0x7F ? ' ' : c;
    }
    return clean;
}

std::string line(Row const& row) {
    std::string text = fmt::format("  {:<10} {}", row.label, printable(row.main));
    if (!row.side.empty()) {
        std::string const side = printable(row.side);
        text = row.main.size() < side_at
                   ? fmt::format("  {:<10} {:<{}}{}", row.label, printable(row.main), side_at, side)
                   : text + "  " + side;
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text + '\n';
}

std::string render(record::Record const& record, Judgement const& judgement) {
    std::string const head = printable(fmt::format("{} on {} (seed {})", record.run.scenario,
                                                   record.run.cluster, record.run.seed));
    std::string_view const verdict = verdict_word(judgement.verdict);
    std::size_t const gap =
        head.size() + verdict.size() < width ? width - head.size() - verdict.size() : 1;
    std::string text = head + std::string(gap, ' ') + std::string(verdict) + '\n';
    for (Row const& row : summary_rows(record, judgement)) text += line(row);
    for (Row const& row : trouble_rows(record, judgement)) text += line(row);
    text += fmt::format("{}: {}\n", verdict, printable(judgement.because));
    return text;
}

RegisterFormat const registered{{.name = "terminal",
                                 .summary = "the short report a run ends with",
                                 .file = "",
                                 .render = render}};

}  // namespace
}  // namespace interregnum
