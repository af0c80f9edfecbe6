// SPDX-License-Identifier: MIT
#include "reports/checkers/set_full.h"

#include <fmt/format.h>

#include "harness/history_model.h"
#include "reports/checkers/history_reader.h"
#include "reports/checkers/judgement.h"

namespace interregnum {
namespace {

using namespace checkers;

std::string sentence_of(SetFullAnswer const& answer) {
    std::string const of = fmt::format("of {} in {}", counted(answer.elements, "element"),
                                       counted(answer.reads, "read"));
    if (answer.verdict == HistoryVerdict::unknown && answer.stable == 0)
        return fmt::format("no element {} was there to stay", of);
    if (answer.verdict == HistoryVerdict::unknown)
        return fmt::format("{} stable and none lost {}, but nobody looked since {} came",
                           answer.stable, of, counted(answer.later, "acknowledged element"));
    if (answer.verdict == HistoryVerdict::valid)
        return fmt::format("{} stable and none lost {}", answer.stable, of);
    return fmt::format("{} lost, {} duplicate, {} failed but there, {} unexpected {}",
                       answer.lost.size(), answer.duplicated, answer.aborted, answer.unexpected,
                       of);
}

Result<HistoryJudgement> judge(HistorySource const& source, Options const& /*options*/,
                               HistoryLimits const& limits) {
    Shape const shape{
        .model = "set-full",
        .rules = {
            {.action = Action::add,
             .invoke = accepts_integer | accepts_text,
             .expected = "the element that is added: a number or a text"},
            {.action = Action::read, .ok = accepts_list, .expected = "the list of elements"}}};
    auto const history = read_history(source, shape, limits, {.times = true});
    if (!history) return std::unexpected(history.error());
    SetFullAnswer const answer = check_set_full(*history);
    auto const number = [](std::uint64_t count) { return static_cast<std::int64_t>(count); };
    HistoryJudgement judgement{.verdict = answer.verdict,
                               .sentence = sentence_of(answer),
                               .operations = history->operations.size(),
                               .numbers = {{"elements", number(answer.elements)},
                                           {"acknowledged", number(answer.acknowledged)},
                                           {"reads", number(answer.reads)},
                                           {"stable", number(answer.stable)},
                                           {"stale", number(answer.stale)},
                                           {"lost", number(answer.lost.size())},
                                           {"never_read", number(answer.never_read)},
                                           {"duplicated", number(answer.duplicated)},
                                           {"failed_but_there", number(answer.aborted)},
                                           {"unexpected", number(answer.unexpected)}},
                               .findings = {}};
    if (answer.timed) {
        judgement.numbers.emplace_back("stable_latency_ms_median", answer.stable_ms[1]);
        judgement.numbers.emplace_back("stable_latency_ms_max", answer.stable_ms[4]);
        judgement.numbers.emplace_back("lost_latency_ms_median", answer.lost_ms[1]);
        judgement.numbers.emplace_back("lost_latency_ms_max", answer.lost_ms[4]);
    }
    for (Found const& found : answer.found) judgement.findings.push_back(tell(*history, found));
    return judgement;
}

RegisterHistoryModel const registered{
    {.name = "set-full",
     .summary = "adds, and reads of the whole set at any time: nothing known is lost",
     .judge = judge}};

}  // namespace
}  // namespace interregnum
