// SPDX-License-Identifier: MIT
#include "reports/checkers/counter.h"

#include <fmt/format.h>

#include "harness/history_model.h"
#include "reports/checkers/history_reader.h"
#include "reports/checkers/judgement.h"

namespace interregnum {
namespace {

using namespace checkers;

std::string sentence_of(CounterAnswer const& answer) {
    if (answer.verdict == HistoryVerdict::unknown) return "the counter was never read";
    std::string const reads = counted(answer.reads.size(), "read");
    if (answer.verdict == HistoryVerdict::valid)
        return fmt::format("{} within what is possible", reads);
    return fmt::format("{} of {} impossible: {}", answer.wrong, reads,
                       answer.found.front().sentence);
}

Result<HistoryJudgement> judge(HistorySource const& source, Options const& /*options*/,
                               HistoryLimits const& limits) {
    Shape const shape{
        .model = "counter",
        .rules = {{.action = Action::add,
                   .invoke = accepts_integer,
                   .expected = "the amount that is added: a whole number"},
                  {.action = Action::read, .ok = accepts_integer, .expected = "a whole number"}}};
    auto const history = read_history(source, shape, limits);
    if (!history) return std::unexpected(history.error());
    CounterAnswer const answer = check_counter(*history);
    HistoryJudgement judgement{
        .verdict = answer.verdict,
        .sentence = sentence_of(answer),
        .operations = history->operations.size(),
        .numbers = {{"reads", static_cast<std::int64_t>(answer.reads.size())},
                    {"wrong", static_cast<std::int64_t>(answer.wrong)}},
        .findings = {}};
    for (Found const& found : answer.found) judgement.findings.push_back(tell(*history, found));
    return judgement;
}

RegisterHistoryModel const registered{
    {.name = "counter",
     .summary = "adds to a number, and reads of it: each between what must and what may be there",
     .judge = judge}};

}  // namespace
}  // namespace interregnum
