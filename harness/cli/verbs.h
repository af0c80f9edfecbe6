// SPDX-License-Identifier: MIT
#pragma once

#include "harness/cli/verb.h"

/// One function a verb: adds it to the program's command line.
namespace interregnum {

void add_lab_verb(Verb const& program);
void add_run_verb(Verb const& program);
void add_gate_verb(Verb const& program);
void add_inject_verb(Verb const& program);
void add_watch_verb(Verb const& program);
void add_status_verb(Verb const& program);
void add_heal_verb(Verb const& program);
void add_preflight_verb(Verb const& program);
void add_init_verb(Verb const& program);
void add_check_verb(Verb const& program);
void add_report_verb(Verb const& program);
void add_compare_verb(Verb const& program);
void add_trend_verb(Verb const& program);
void add_list_verb(Verb const& program);
void add_scenario_verb(Verb const& program);

}  // namespace interregnum
