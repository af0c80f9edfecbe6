// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/history_model.h"
#include "reports/checkers/history_reader.h"
#include "reports/checkers/judgement.h"
#include "reports/checkers/set_full.h"

namespace interregnum {
namespace {

using namespace checkers;

std::string sentence_of(SetAnswer const& answer) {
    if (answer.verdict == HistoryVerdict::unknown && answer.later > 0)
        return fmt::format("{} came after the last read had begun, and nobody looked since",
                           counted(answer.later, "acknowledged element"));
    if (answer.verdict == HistoryVerdict::unknown) return "the set was never read";
    if (answer.verdict == HistoryVerdict::valid)
        return fmt::format("all of {} are in the last read",
                           counted(answer.acknowledged, "acknowledged element"));
    return fmt::format("{} lost of {}, {} duplicate, {} failed but there, {} unexpected",
                       answer.lost.size(), counted(answer.acknowledged, "acknowledged element"),
                       answer.duplicated, answer.aborted, answer.unexpected.size());
}

Result<HistoryJudgement> judge(HistorySource const& source, Options const& /*options*/,
                               HistoryLimits const& limits) {
    Shape const shape{
        .model = "set",
        .rules = {
            {.action = Action::add,
             .invoke = accepts_integer | accepts_text,
             .expected = "the element that is added: a number or a text"},
            {.action = Action::read, .ok = accepts_list, .expected = "the list of elements"}}};
    auto const history = read_history(source, shape, limits);
    if (!history) return std::unexpected(history.error());
    SetAnswer const answer = check_set(*history);
    auto const number = [](std::uint64_t count) { return static_cast<std::int64_t>(count); };
    HistoryJudgement judgement{.verdict = answer.verdict,
                               .sentence = sentence_of(answer),
                               .operations = history->operations.size(),
                               .numbers = {{"attempts", number(answer.attempts)},
                                           {"acknowledged", number(answer.acknowledged)},
                                           {"ok", number(answer.ok.size())},
                                           {"lost", number(answer.lost.size())},
                                           {"recovered", number(answer.recovered.size())},
                                           {"duplicated", number(answer.duplicated)},
                                           {"failed_but_there", number(answer.aborted)},
                                           {"unexpected", number(answer.unexpected.size())}},
                               .findings = {}};
    for (Found const& found : answer.found) judgement.findings.push_back(tell(*history, found));
    return judgement;
}

RegisterHistoryModel const registered{
    {.name = "set",
     .summary = "adds, and a read at the end: what was acknowledged is in it",
     .judge = judge}};

}  // namespace
}  // namespace interregnum
