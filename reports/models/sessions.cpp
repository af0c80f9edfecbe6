// SPDX-License-Identifier: MIT
#include "reports/checkers/sessions.h"

#include <fmt/format.h>

#include "harness/history_model.h"
#include "reports/checkers/history_reader.h"
#include "reports/checkers/judgement.h"

namespace interregnum {
namespace {

using namespace checkers;

std::string sentence_of(SessionsAnswer const& answer) {
    if (answer.verdict == HistoryVerdict::unknown) return "nothing was read";
    std::string const of =
        fmt::format("{} in {}", counted(answer.reads, "read"), counted(answer.sessions, "session"));
    if (answer.verdict == HistoryVerdict::valid) return of + " keep all session guarantees";
    return fmt::format(
        "{}: {} did not see own writes, {} went back; {} writes out of order, {} before what was "
        "read",
        of, answer.read_your_writes, answer.monotonic_reads, answer.monotonic_writes,
        answer.writes_follow_reads);
}

Result<HistoryJudgement> judge(HistorySource const& source, Options const& /*options*/,
                               HistoryLimits const& limits) {
    constexpr std::string_view version = "a version: a whole number that grows with every write";
    Shape const shape{
        .model = "sessions",
        .rules = {
            {.action = Action::read, .ok = accepts_nil | accepts_integer, .expected = version},
            {.action = Action::write, .invoke = accepts_integer, .expected = version}}};
    auto const history = read_history(source, shape, limits);
    if (!history) return std::unexpected(history.error());
    SessionsAnswer const answer = check_sessions(*history);
    auto const number = [](std::uint64_t count) { return static_cast<std::int64_t>(count); };
    HistoryJudgement judgement{
        .verdict = answer.verdict,
        .sentence = sentence_of(answer),
        .operations = history->operations.size(),
        .numbers = {{"reads", number(answer.reads)},
                    {"read_your_writes", number(answer.read_your_writes)},
                    {"monotonic_reads", number(answer.monotonic_reads)},
                    {"monotonic_writes", number(answer.monotonic_writes)},
                    {"writes_follow_reads", number(answer.writes_follow_reads)}},
        .findings = {}};
    for (Found const& found : answer.found) judgement.findings.push_back(tell(*history, found));
    return judgement;
}

RegisterHistoryModel const registered{
    {.name = "sessions",
     .summary = "reads and writes of versions by key: each client sees its own past",
     .judge = judge}};

}  // namespace
}  // namespace interregnum
