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
    Shape const shape{
        .model = "register",
        .rules = {{.action = Action::read,
                   .ok = accepts_scalar,
                   .expected = "the value that was read: null, a number or a text"},
                  {.action = Action::write,
                   .invoke = accepts_scalar,
                   .expected = "the value that is written: null, a number or a text"}}};
    auto history = read_history(source, shape, limits);
    if (!history) return std::unexpected(history.error());
    RegisterRules const rules{.initial = value_of_option(*history, options.text("initial")),
                              .nil_unknown = options.text("nil") == "unknown"};
    return judge_registers(*history, rules, limits);
}

RegisterHistoryModel const registered{
    {.name = "register",
     .summary = "reads and writes, of one register or of one a key: linearizable",
     .options = {{.name = "initial",
                  .fallback = "nil",
                  .doc = "what every key holds at first: nil, a number or a text"},
                 {.name = "nil",
                  .fallback = "value",
                  .doc = "what an ok read of null means",
                  .choices = {"value", "unknown"}}},
     .judge = judge}};

}  // namespace
}  // namespace interregnum
