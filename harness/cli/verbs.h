// SPDX-License-Identifier: MIT
#pragma once

namespace CLI {
class App;
}

/// One function a verb: adds it to the program's command line. The verb's callback sets
/// `exit_code`, which must outlive `app`.
namespace interregnum {

void add_lab_verb(CLI::App& app, int& exit_code);
void add_run_verb(CLI::App& app, int& exit_code);
void add_inject_verb(CLI::App& app, int& exit_code);
void add_status_verb(CLI::App& app, int& exit_code);
void add_heal_verb(CLI::App& app, int& exit_code);
void add_preflight_verb(CLI::App& app, int& exit_code);
void add_init_verb(CLI::App& app, int& exit_code);
void add_check_verb(CLI::App& app, int& exit_code);
void add_report_verb(CLI::App& app, int& exit_code);
void add_list_verb(CLI::App& app, int& exit_code);
void add_scenario_verb(CLI::App& app, int& exit_code);

}  // namespace interregnum
