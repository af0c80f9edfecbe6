// SPDX-License-Identifier: MIT
#include "harness/history_model.h"
#include "reports/checkers/history_reader.h"
#include "reports/checkers/judgement.h"
#include "reports/checkers/linearizable.h"

namespace interregnum {
namespace {

using namespace checkers;

Result<HistoryJudgement> judge(HistorySource const& source, Options const& options,
                               HistoryLimits const& limits) {
    Shape const shape{.model = "map",
                      .rules = {{.action = Action::read,
                                 .ok = accepts_scalar,
                                 .expected = "the value that was read: null, a number or a text"},
                                {.action = Action::write,
                                 .invoke = accepts_scalar,
                                 .expected = "the value that is put: null, a number or a text"},
                                {.action = Action::cas,
                                 .invoke = accepts_pair,
                                 .expected = "two values, [expected, new]"},
                                {.action = Action::append,
                                 .invoke = accepts_text,
                                 .expected = "the text that is appended"}}};
    auto history = read_history(source, shape, limits);
    if (!history) return std::unexpected(history.error());
    RegisterRules const rules{.initial = value_of_option(*history, options.text("initial")),
                              .nil_is_initial = true};
    return judge_registers(*history, rules, limits);
}

RegisterHistoryModel const registered{
    {.name = "map",
     .summary = "get, put, cas and append of texts by key: linearizable",
     .options = {{.name = "initial",
                  .fallback = "",
                  .doc = "what every key holds at first; a read of null is one of this"}},
     .judge = judge}};

}  // namespace
}  // namespace interregnum
