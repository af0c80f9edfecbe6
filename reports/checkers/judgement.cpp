// SPDX-License-Identifier: MIT
#include "reports/checkers/judgement.h"

#include <charconv>

#include <fmt/format.h>

#include "reports/checkers/linearizable.h"

namespace interregnum::checkers {

std::string counted(std::uint64_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

HistoryFinding tell(History const& history, Found const& found) {
    HistoryFinding told{.kind = found.kind, .sentence = found.sentence, .proof = {}};
    for (std::uint32_t const id : found.proof) {
        Operation const& operation = history.operations[id];
        told.proof.push_back({.line = operation.invoked, .text = history.show(operation)});
    }
    return told;
}

Value value_of_option(History& history, std::string_view text) {
    if (text == "nil") return {};
    std::int64_t number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size() && number <= Value::largest &&
        number >= -Value::largest)
        return Value::integer(number);
    return Value::text(history.texts.index('"' + std::string(text)));
}

HistoryJudgement judge_registers(History const& history, RegisterRules const& rules,
                                 HistoryLimits const& limits) {
    LinearizableAnswer const answer = check_linearizable(history, rules, limits);
    auto const number = [](std::uint64_t count) { return static_cast<std::int64_t>(count); };
    HistoryJudgement judgement{.verdict = answer.verdict,
                               .sentence = {},
                               .operations = history.operations.size(),
                               .numbers = {{"keys", number(answer.keys)},
                                           {"keys_broken", number(answer.broken_keys)},
                                           {"keys_undecided", number(answer.open_keys)},
                                           {"keys_searched", number(answer.searched_keys)}},
                               .findings = {}};
    for (Found const& found : answer.found) judgement.findings.push_back(tell(history, found));
    std::string const of = fmt::format("{} on {}", counted(history.operations.size(), "operation"),
                                       counted(answer.keys, "key"));
    switch (answer.verdict) {
        case HistoryVerdict::valid:
            judgement.sentence = of + " are linearizable";
            break;
        case HistoryVerdict::invalid:
            judgement.sentence =
                fmt::format("{} of {} not linearizable: {}", answer.broken_keys,
                            counted(answer.keys, "key"), judgement.findings.front().sentence);
            break;
        case HistoryVerdict::unknown:
            judgement.sentence =
                fmt::format("{} of {} could not be decided: {} was not enough", answer.open_keys,
                            counted(answer.keys, "key"), answer.why_open);
            break;
    }
    return judgement;
}

}  // namespace interregnum::checkers
