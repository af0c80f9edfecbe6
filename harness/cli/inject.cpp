// SPDX-License-Identifier: MIT
#include <cstdint>
#include <random>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/cli/cluster_choice.h"
#include "harness/cli/inject_flags.h"
#include "harness/cli/play_by_hand.h"
#include "harness/cli/rehearse.h"
#include "harness/cli/set_flags.h"
#include "harness/cli/verbs.h"
#include "harness/engine/access.h"

namespace interregnum {

namespace {

/// The scenario that one fault by hand is: the fault now, then waiting until all is well again.
/// Text, so that the one reader of scenarios checks it and `plan.json` shows it.
std::string scenario_text(InjectFlags const& flags) {
    nlohmann::ordered_json fault{{"fault", flags.fault}, {"random_wait", "0s"}};
    if (!flags.target.empty()) fault["target"] = flags.target;
    if (!flags.hold.empty()) fault["for"] = flags.hold;
    nlohmann::ordered_json const scenario{
        {"title", flags.fault + " by hand"},
        {"steady_before", "5s"},
        {"steady_after", "5s"},
        {"allow_quorum_loss", flags.allow_quorum_loss},
        {"steps", {fault, {{"await", "redundant"}, {"within", flags.within}}}}};
    return scenario.dump();
}

/// `--set` is of the fault: "process=etcd" is "steps[0].process=etcd" of the scenario.
constexpr SetForm set_form{.expected = "OPTION=VALUE of the fault, for example process=etcd",
                           .below = "steps[0]."};

/// The flag that sets a key of the fault: "target" is "--target", "process" is "--set process".
std::string flag_of(std::string const& key) {
    if (key == "fault") return "the fault's name";
    if (key == "target" || key == "for") return "--" + key;
    return "--set " + key;
}

/// The user never saw the scenario that the flags became: mistakes name the flags instead.
void name_flags(Mistakes& mistakes) {
    constexpr std::string_view step = "steps[0]";
    constexpr std::string_view missing = "missing key \"";
    for (Mistake& mistake : mistakes.all) {
        mistake.line = 0;
        mistake.column = 0;
        if (mistake.file != "--set") mistake.file = "command line";
        if (mistake.path == "steps[1].within") mistake.path = "--within";
        if (!mistake.path.starts_with(step)) continue;
        std::string_view const key = std::string_view(mistake.path).substr(step.size());
        if (key.starts_with('.')) {
            mistake.path = flag_of(std::string(key.substr(1)));
        } else if (mistake.message.starts_with(missing)) {
            std::size_t const end = mistake.message.find('"', missing.size());
            mistake.path = flag_of(mistake.message.substr(missing.size(), end - missing.size()));
            mistake.message = "is missing" + mistake.message.substr(end + 1);
        }
    }
}

ExitCode inject(InjectFlags const& flags) {
    auto chosen = choose_cluster(flags.cluster);
    if (!chosen) {
        fmt::print(stderr, "interregnum: {}\n", chosen.error().message);
        return chosen.error().code;
    }
    Mistakes mistakes;
    std::vector<std::string> const nodes = node_names(chosen->inventory);
    auto const pairs = set_pairs(flags.sets, set_form, mistakes);
    Scenario scenario =
        parse_scenario("inject.json", scenario_text(flags), pairs, {}, mistakes, &nodes);
    if (!mistakes.empty()) {
        name_flags(mistakes);
        fmt::print(stderr,
                   "{}\ninterregnum: nothing was touched (`interregnum list faults` shows "
                   "what there is)\n",
                   mistakes.text());
        return ExitCode::usage;
    }
    scenario.name = flags.fault;
    std::uint64_t const seed = flags.seed ? *flags.seed : std::random_device()() % 100'000;
    if (flags.dry_run) return rehearse(*chosen, {std::move(scenario)}, seed, flags.json);
    return play_by_hand(std::move(*chosen), {.verb = "inject",
                                             .scenario = std::move(scenario),
                                             .seed = seed,
                                             .out_folder = flags.out,
                                             .trust_new_hosts = flags.cluster.trust_new_hosts,
                                             .json = flags.json,
                                             .confirm = flags.confirm,
                                             .again = inject_again(flags, seed)});
}

}  // namespace

void add_inject_verb(Verb const& program) {
    auto flags = std::make_shared<InjectFlags>();
    Verb const verb =
        program.add("inject", "one fault by hand, with customers running and a report at the end");
    verb.takes("fault", flags->fault, "the fault's name (interregnum list faults)").required();
    add_cluster_flags(verb, flags->cluster);
    verb.takes("--target", flags->target, "role or node: leader, any:replica, db2...");
    verb.takes("--for", flags->hold, "how long it stays in force, such as 30s");
    verb.takes("--set", flags->sets, "an option of the fault: --set process=etcd");
    verb.takes("--within", flags->within, "how long the cluster may take to be redundant")
        .shows_default();
    verb.takes("--seed", flags->seed, "seed of all random choices (default: random)");
    verb.takes("--out", flags->out, "where run folders go").shows_default();
    verb.flag("--allow-quorum-loss", flags->allow_quorum_loss,
              "the fault may take the majority of etcd's members away");
    verb.takes("--confirm", flags->confirm,
               "the name of a cluster that is production, instead of typing it");
    verb.flag("--dry-run", flags->dry_run,
              "only look at the cluster, and print the fault with its targets of now, the exact "
              "commands, their proof and their undo; 2: nobody has the role, or it would be "
              "refused");
    verb.flag("--json", flags->json, "print the summary (or the dry run) as JSON");
    verb.footer(
        "Example: interregnum inject process.kill --target leader --set process=postgres\n"
        "What it would do: interregnum inject node.crash --target leader --dry-run\n"
        "Ctrl-C undoes the fault, and still writes the report.");
    verb.does([flags] { return inject(*flags); });
}

}  // namespace interregnum
