// SPDX-License-Identifier: MIT
#include "harness/lab/defect.h"

namespace interregnum {
namespace {

RegisterDefect const registered{
    {.name = "tasks_acked_early",
     .summary = "workers say that a task is done when they take it, and do it later",
     .customer = "tasks",
     .bug = "early_answer"}};

}  // namespace
}  // namespace interregnum
