// SPDX-License-Identifier: MIT
#include "reports/checkers/bank.h"

#include <fmt/format.h>

#include "harness/history_model.h"
#include "reports/checkers/history_reader.h"
#include "reports/checkers/judgement.h"

namespace interregnum {
namespace {

using namespace checkers;

std::string sentence_of(BankAnswer const& answer) {
    if (answer.verdict == HistoryVerdict::unknown) return "the accounts were never read";
    std::string const of =
        fmt::format("{} of {}", counted(answer.reads, "read"), counted(answer.accounts, "account"));
    if (answer.verdict == HistoryVerdict::valid)
        return fmt::format("{} all sum up to {}", of, answer.total);
    return fmt::format(
        "{}: {} with a wrong total, {} with a negative, {} with an unknown, {} with a missing "
        "account, {} with no balance; sums from {} to {}, expected {}",
        of, answer.wrong_total, answer.negative, answer.unexpected_account, answer.missing_account,
        answer.nil_balance, answer.lowest, answer.highest, answer.total);
}

Result<HistoryJudgement> judge(HistorySource const& source, Options const& options,
                               HistoryLimits const& limits) {
    Shape const shape{.model = "bank",
                      .rules = {{.action = Action::read,
                                 .ok = accepts_map,
                                 .expected = "an object of accounts and balances"},
                                {.action = Action::transfer}}};
    auto const history = read_history(source, shape, limits);
    if (!history) return std::unexpected(history.error());
    BankRules rules{.total = {}, .negative = options.flag("negative")};
    if (options.has("total")) rules.total = options.integer("total");
    BankAnswer const answer = check_bank(*history, rules);
    auto const number = [](std::uint64_t count) { return static_cast<std::int64_t>(count); };
    HistoryJudgement judgement{
        .verdict = answer.verdict,
        .sentence = sentence_of(answer),
        .operations = history->operations.size(),
        .numbers = {{"reads", number(answer.reads)},
                    {"total", answer.total},
                    {"lowest_sum", answer.lowest},
                    {"highest_sum", answer.highest},
                    {"wrong_total", number(answer.wrong_total)},
                    {"negative", number(answer.negative)},
                    {"unexpected_account", number(answer.unexpected_account)},
                    {"missing_account", number(answer.missing_account)},
                    {"no_balance", number(answer.nil_balance)}},
        .findings = {}};
    for (Found const& found : answer.found) judgement.findings.push_back(tell(*history, found));
    return judgement;
}

RegisterHistoryModel const registered{
    {.name = "bank",
     .summary = "transfers, and reads of all accounts at once: the sum stays",
     .options = {{.name = "total",
                  .type = OptionType::integer,
                  .doc = "what all accounts together hold; else what the first read shows"},
                 {.name = "negative",
                  .type = OptionType::flag,
                  .fallback = "false",
                  .doc = "whether a balance may be below 0"}},
     .judge = judge}};

}  // namespace
}  // namespace interregnum
