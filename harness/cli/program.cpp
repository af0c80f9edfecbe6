// SPDX-License-Identifier: MIT
#include "harness/cli/program.h"

#include <csignal>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/base/exit_code.h"
#include "harness/base/log.h"
#include "harness/cli/verbs.h"
#include "harness/cli/wrong_verb.h"

namespace interregnum {

namespace {

constexpr char const* exit_codes =
    "Exit codes: 0 pass, 1 fail, 2 inconclusive, 3 error of the harness, 4 something could not be\n"
    "undone, 64 usage or bad file, 130 interrupted and healed.";

}  // namespace

int run_program(int argc, char** argv) {
    // A peer that closes its socket must be an error of that call, not the end of the program.
    ::signal(SIGPIPE, SIG_IGN);
    int exit_code = 0;
    CLI::App app(
        "Failover drills for PostgreSQL/Patroni, Redis/Sentinel and HAProxy: how long "
        "customers could not buy, and what was lost.",
        "interregnum");
    app.require_subcommand(1);
    app.set_version_flag("--version", INTERREGNUM_VERSION);
    app.footer(exit_codes);
    app.fallthrough();
    bool verbose = false;
    app.add_flag("-v,--verbose", verbose, "also log what is of interest to developers only");
    app.parse_complete_callback([&verbose] { log::set_verbose(verbose); });
    Verb const program(app, exit_code);
    add_run_verb(program);
    add_gate_verb(program);
    add_inject_verb(program);
    add_watch_verb(program);
    add_lab_verb(program);
    add_status_verb(program);
    add_heal_verb(program);
    add_preflight_verb(program);
    add_init_verb(program);
    add_check_verb(program);
    add_report_verb(program);
    add_compare_verb(program);
    add_trend_verb(program);
    add_list_verb(program);
    add_scenario_verb(program);
    try {
        app.parse(argc, argv);
    } catch (CLI::RequiredError const& error) {
        std::string const wrong = wrong_verb(app);
        if (wrong.empty())
            app.exit(error);
        else
            fmt::print(stderr, "{}\n", wrong);
        return static_cast<int>(ExitCode::usage);
    } catch (CLI::ParseError const& error) {
        int const code = app.exit(error);  // prints help, or what is wrong
        return code == 0 ? 0 : static_cast<int>(ExitCode::usage);
    } catch (std::exception const& error) {
        fmt::print(stderr, "interregnum: internal error: {}\n", error.what());
        return static_cast<int>(ExitCode::harness_error);
    }
    return exit_code;
}

}  // namespace interregnum
