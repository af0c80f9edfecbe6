// SPDX-License-Identifier: MIT
// What a file or a server of the cluster says is never part of a command's text: for every fault
// kind that there is, hostile words in every option, and in every name that the cluster tells.
#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "harness/base/example_options.h"
#include "harness/fault.h"

namespace interregnum {
namespace {

// Each holds the mark, by which it is found again whatever was made of it.
constexpr std::string_view mark = "canary5907";
constexpr std::array<std::string_view, 8> hostile_words{"$(touch /tmp/canary5907)",
                                                        "`touch canary5907`",
                                                        "; touch canary5907",
                                                        "x\ntouch canary5907\n",
                                                        "-oProxyCommand=touch canary5907",
                                                        "--help=canary5907",
                                                        "'; touch canary5907; '",
                                                        "\" ; touch canary5907 #"};

/// What the user of `command` writes is what is to be run: that is the kind's purpose.
bool runs_what_it_is_given(FaultKind const& kind) { return kind.name == "command"; }

ClusterView view_with(std::string const& name) {
    ClusterView view;
    view.power = {.kind = PowerAccess::Kind::commands,
                  .off = {"cloud", "stop", "{node}"},
                  .on = {"cloud", "start", "{node}"}};
    view.ports.entries = {5000};
    view.redis_master_name = name;
    view.redis_expected = true;
    view.synchronous = true;
    for (int number = 1; number <= 3; ++number) {
        NodeView node{.name = "db" + std::to_string(number),
                      .address = "10.0.0." + std::to_string(number),
                      .group = "db",
                      .patroni_answers = true,
                      .member = name,
                      .role = number == 1 ? "leader" : "sync_standby",
                      .state = name};
        node.redis_answers = node.sentinel_answers = node.etcd_healthy = true;
        node.redis_role = number == 1 ? "master" : "slave";
        node.redis_link = name;
        node.sentinel_master = name;
        node.etcd_leader = number == 2;
        view.nodes.push_back(std::move(node));
    }
    view.nodes.push_back(
        {.name = "app1", .address = "10.0.0.9", .group = "app", .haproxy_answers = true});
    view.backends.push_back({.app = "app1", .backend = name, .server = name, .status = name});
    return view;
}

void expect_data_only(FaultKind const& kind, FaultCommand const& command,
                      std::string_view hostile) {
    bool const script = command.argv.size() >= 2 && command.argv[0] == "sh";
    for (std::size_t index = 0; index < command.argv.size(); ++index) {
        std::string const& word = command.argv[index];
        if (!word.contains(mark)) continue;
        // `sh -c SCRIPT NAME` comes before the arguments of a script.
        EXPECT_GT(index, script ? 3U : 0U) << kind.name << ": part of what is run: " << word;
        // As an argument of its own it must not be taken for an option of the program.
        if (script || !word.starts_with('-')) continue;
        auto const end = command.argv.begin() + static_cast<std::ptrdiff_t>(index);
        EXPECT_NE(std::find(command.argv.begin(), end, "--"), end)
            << kind.name << ": read as an option: " << word << " (of " << hostile << ")";
    }
    if (script) {
        EXPECT_FALSE(command.input.contains(mark)) << kind.name << ": fed to a shell";
    }
}

void expect_all_data(FaultKind const& kind, Options const& options, ClusterView const& view,
                     std::string_view hostile) {
    std::vector<std::string> targets = targets_of(kind, options, view);
    if (targets.empty()) targets = {"db1"};
    auto const plan =
        kind.plan({.id = "r0_f1", .options = options, .targets = targets, .view = view});
    if (!plan) return;  // refused: nothing comes of it
    for (auto const* commands : {&plan->inject, &plan->undo, &plan->renew})
        for (FaultCommand const& command : *commands) expect_data_only(kind, command, hostile);
    for (Evidence const& evidence : plan->evidence)
        expect_data_only(kind, evidence.command, hostile);
}

TEST(HostileOptions, AreNeverPartOfACommandsText) {
    for (FaultKind const* kind : Registry<FaultKind>::all()) {
        if (runs_what_it_is_given(*kind)) continue;
        for (OptionSpec const& spec : kind->options)
            for (std::string_view const word : hostile_words) {
                auto parsed = parse_option(spec, word);
                auto* const value = std::get_if<OptionValue>(&parsed);
                if (value == nullptr || spec.type == OptionType::role) continue;
                Options options = example_options(kind->options);
                options.set(std::string(spec.name), std::move(*value));
                expect_all_data(*kind, options, view_with("plain"), word);
            }
    }
}

TEST(HostileClusters, NamesThatServersTellAreNeverPartOfACommandsText) {
    for (FaultKind const* kind : Registry<FaultKind>::all()) {
        if (runs_what_it_is_given(*kind)) continue;
        for (std::string_view const word : hostile_words) {
            Options options = example_options(kind->options);
            expect_all_data(*kind, options, view_with(std::string(word)), word);
            // And for each way in which the kind can work.
            for (OptionSpec const& spec : kind->options)
                for (std::string_view const choice : spec.choices) {
                    Options other = options;
                    other.set(std::string(spec.name), std::string(choice));
                    expect_all_data(*kind, other, view_with(std::string(word)), word);
                }
        }
    }
}

TEST(HostileOptions, EveryKindHasAPlanAtItsExample) {
    std::size_t planned = 0;
    for (FaultKind const* kind : Registry<FaultKind>::all()) {
        Options const options = example_options(kind->options);
        ClusterView const view = view_with("plain");
        std::vector<std::string> targets = targets_of(*kind, options, view);
        if (targets.empty()) targets = {"db1"};
        if (kind->plan({.id = "r0_f1", .options = options, .targets = targets, .view = view}))
            ++planned;
    }
    // A few kinds want options that go together; were it most of them, the tests above would
    // have looked at nothing.
    EXPECT_GE(planned * 2, Registry<FaultKind>::all().size());
}

}  // namespace
}  // namespace interregnum
