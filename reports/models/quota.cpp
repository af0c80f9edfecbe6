// SPDX-License-Identifier: MIT
#include "reports/checkers/quota.h"

#include <fmt/format.h>

#include "harness/history_model.h"
#include "reports/checkers/history_reader.h"
#include "reports/checkers/judgement.h"

namespace interregnum {
namespace {

using namespace checkers;

constexpr std::int64_t most_at_once = 1'000'000'000;

/// Amounts that nobody can buy are mistakes of the file.
Status check_amounts(HistorySource const& source, History const& history) {
    for (Operation const& operation : history.operations) {
        if (operation.action == Action::read || operation.value.is_nil()) continue;
        std::int64_t const amount = operation.value.number();
        if (amount < 1 || amount > most_at_once)
            return fail(Error::Kind::invalid,
                        fmt::format("{}:{}:1: expected 1 to {} to be bought or given back, not {}",
                                    source.name(), operation.invoked, most_at_once, amount));
    }
    return {};
}

std::string sentence_of(QuotaAnswer const& answer, std::int64_t quota) {
    if (answer.verdict == HistoryVerdict::unknown) return "nothing was sold or counted";
    std::string const of =
        fmt::format("{} of {} in all, {} given back, {} uncertain, {} with a quota of {}",
                    counted(answer.purchases, "purchase"), answer.sold, answer.cancelled,
                    answer.uncertain, counted(answer.keys, "key"), quota);
    if (answer.verdict == HistoryVerdict::valid) return of + ": never exceeded";
    return fmt::format(
        "{}: {} oversold, {} given back that were not sold, {} falsely refused as sold out, {} "
        "impossible",
        of, answer.oversold, answer.unsold, answer.refused, counted(answer.miscounts, "count"));
}

Result<HistoryJudgement> judge(HistorySource const& source, Options const& options,
                               HistoryLimits const& limits) {
    constexpr std::string_view amount = "how many: a whole number, or null for 1";
    constexpr std::uint8_t some = accepts_nil | accepts_integer;
    Shape const shape{.model = "quota",
                      .rules = {{.action = Action::buy,
                                 .invoke = some,
                                 .ok = some,
                                 .expected = amount,
                                 .reasons = true},
                                {.action = Action::cancel, .invoke = some, .expected = amount},
                                {.action = Action::read,
                                 .ok = accepts_integer,
                                 .expected = "how many are sold: a whole number"}}};
    auto const history = read_history(source, shape, limits);
    if (!history) return std::unexpected(history.error());
    if (Status const done = check_amounts(source, *history); !done)
        return std::unexpected(done.error());
    std::int64_t const quota = options.integer("quota");
    QuotaAnswer const answer = check_quota(*history, quota);
    auto const number = [](std::uint64_t count) { return static_cast<std::int64_t>(count); };
    HistoryJudgement judgement{.verdict = answer.verdict,
                               .sentence = sentence_of(answer, quota),
                               .operations = history->operations.size(),
                               .numbers = {{"keys", number(answer.keys)},
                                           {"purchases", number(answer.purchases)},
                                           {"sold", answer.sold},
                                           {"given_back", answer.cancelled},
                                           {"uncertain", answer.uncertain},
                                           {"reads", number(answer.reads)},
                                           {"oversold", answer.oversold},
                                           {"given_back_unsold", answer.unsold},
                                           {"false_sold_out", number(answer.refused)},
                                           {"wrong_counts", number(answer.miscounts)}},
                               .findings = {}};
    for (Found const& found : answer.found) judgement.findings.push_back(tell(*history, found));
    return judgement;
}

RegisterHistoryModel const registered{
    {.name = "quota",
     .summary = "purchases, refunds and counts of what there is so much of and no more",
     .options = {{.name = "quota",
                  .type = OptionType::integer,
                  .doc = "how many there are of each key",
                  .required = true,
                  .at_least = 0,
                  .at_most = 1'000'000'000'000}},
     .judge = judge}};

}  // namespace
}  // namespace interregnum
