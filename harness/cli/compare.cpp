// SPDX-License-Identifier: MIT
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "harness/cli/run_summaries.h"
#include "harness/cli/verbs.h"

namespace interregnum {
namespace {

struct CompareFlags {
    std::string a;
    std::string b;
    std::vector<std::string> measures;
    bool fail_if_worse{};
    bool json{};
};

ExitCode compare(CompareFlags const& flags) {
    auto const a = find_runs(flags.a);
    auto const b = find_runs(flags.b);
    for (auto const* side : {&a, &b}) {
        if (!*side) {
            fmt::print(stderr, "interregnum: {}\n", side->error().message);
            return ExitCode::usage;
        }
        for (std::string const& skipped : (*side)->skipped)
            fmt::print(stderr, "interregnum: skipped: {}\n", skipped);
    }
    ComparedRuns const compared = statistics().compare(a->runs, b->runs, flags.measures);
    fmt::print("{}", flags.json ? compared.told.json : compared.told.text);
    if (!compared.can_tell) return ExitCode::inconclusive;
    return flags.fail_if_worse && compared.worse > 0 ? ExitCode::fail : ExitCode::pass;
}

}  // namespace

void add_compare_verb(Verb const& program) {
    Verb const verb = program.add(
        "compare", "tell a real change between two sets of runs from noise, also of two clusters");
    auto const flags = std::make_shared<CompareFlags>();
    char const* const what = "a run folder, a folder of them, or a pattern of either in quotes";
    verb.takes("A", flags->a, what).required();
    verb.takes("B", flags->b, what).required();
    verb.takes("--measure", flags->measures,
               "of these only (default: what the scenarios limit, and the downtimes)")
        .one_value_each_time()
        .checked_by(wrong_measure);
    verb.flag("--fail-if-worse", flags->fail_if_worse, "1 when a measure of B is worse than A's");
    verb.flag("--json", flags->json, "print it as JSON");
    verb.footer(
        "Exit codes: 0 compared, 1 B is worse (--fail-if-worse), 2 too few runs to tell, 64 "
        "usage.\n"
        "Example: interregnum compare old-cluster/ 'runs/2026-11-22*-kill-leader'");
    verb.does([flags] { return compare(*flags); });
}

}  // namespace interregnum
