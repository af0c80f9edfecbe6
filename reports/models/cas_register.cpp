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
    Shape const shape{.model = "cas-register",
                      .rules = {{.action = Action::read,
                                 .ok = accepts_scalar,
                                 .expected = "the value that was read: null, a number or a text"},
                                {.action = Action::write,
                                 .invoke = accepts_scalar,
                                 .expected = "the value that is written: null, a number or a text"},
                                {.action = Action::cas,
                                 .invoke = accepts_pair,
                                 .expected = "two values, [expected, new]"}}};
    auto history = read_history(source, shape, limits);
    if (!history) return std::unexpected(history.error());
    RegisterRules const rules{.initial = value_of_option(*history, options.text("initial")),
                              .nil_unknown = options.text("nil") == "unknown",
                              .refusals = options.text("failed-cas") == "differed"};
    return judge_registers(*history, rules, limits);
}

RegisterHistoryModel const registered{
    {.name = "cas-register",
     .summary = "reads, writes and compare-and-set, of one register or of one a key: linearizable",
     .options = {{.name = "initial",
                  .fallback = "nil",
                  .doc = "what every key holds at first: nil, a number or a text"},
                 {.name = "nil",
                  .fallback = "value",
                  .doc = "what an ok read of null means",
                  .choices = {"value", "unknown"}},
                 {.name = "failed-cas",
                  .fallback = "nothing",
                  .doc = "what a failed cas says: nothing, or that the value differed",
                  .choices = {"nothing", "differed"}}},
     .judge = judge}};

}  // namespace
}  // namespace interregnum
