// SPDX-License-Identifier: MIT
// What nodes can do: the one script, its answer, and what follows for a scenario.
#include "harness/engine/capabilities.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "harness/base/process.h"
#include "harness/engine/needs_check.h"
#include "harness/engine/preflight.h"
#include "harness/faults/support/needs.h"

namespace interregnum {
namespace {

/// A kind that needs something, so that these tests stand still when kinds that ship change.
RegisterFault const shaper{
    {.name = "test.shape",
     .summary = "only in tests",
     .options = {{.name = "target", .type = OptionType::role, .doc = "role", .required = true},
                 {.name = "how", .doc = "how", .choices = {"nft", "netem"}, .required = true}},
     .needs = [](Options const& options) -> std::vector<std::string_view> {
         return {options.text("how") == "nft" ? "nft" : "netem"};
     }}};

NodeCapabilities able(std::string const& node, bool nft) {
    return parse_capabilities(node, nft ? "need.nft=yes\nneed.netem=no\n" : "need.nft=no\n");
}

ClusterView view_of_three() {
    ClusterView view;
    for (char const* name : {"db1", "db2", "app1"})
        view.nodes.push_back({.name = name,
                              .address = std::string(name) + ".test",
                              .group = std::string(name).substr(0, name[0] == 'd' ? 2 : 3),
                              .patroni_answers = name[0] == 'd',
                              .role = std::string_view(name) == "db1" ? "leader" : "replica"});
    return view;
}

Step shape(std::string const& target, std::string const& how = "nft") {
    FaultStep step{.kind = Registry<FaultKind>::find("test.shape")};
    step.options.set("target", Roles{{target}});
    step.options.set("how", how);
    return {.what = step, .text = "test.shape target=" + target};
}

TEST(Capabilities, TheScriptAsksEachNeedOnceAndIsShell) {
    std::string const& script = capabilities_script();
    for (Need const& need : all_needs())
        EXPECT_NE(script.find("need." + std::string(need.name) + "=yes"), std::string::npos)
            << need.name;
    // Read, not run: probes are for nodes.
    auto const read = run_local({.argv = {"sh", "-n"}, .input = script});
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->exit_status, 0) << read->err;
}

TEST(Capabilities, AnAnswerBecomesNeedsAndFacts) {
    NodeCapabilities const found = parse_capabilities(
        "db1",
        "fact.kernel=6.1.0-18-cloud-amd64\nneed.nft=yes\nneed.netem=no\nneed.telepathy=yes\n");
    EXPECT_TRUE(found.has("nft"));
    EXPECT_FALSE(found.has("netem"));
    EXPECT_FALSE(found.has("freezer")) << "what was not answered is not there";
    EXPECT_FALSE(found.can.contains("telepathy"));
    EXPECT_EQ(found.facts.at("kernel"), "6.1.0-18-cloud-amd64");
}

TEST(Capabilities, ANodeCannotDriveTheTerminal) {
    NodeCapabilities const found =
        parse_capabilities("db1", "fact.kernel=\x1b[2J\x1b]0;owned\x07\nfact.\x1b[1m=x\n");
    std::string const text = capabilities_text({found});
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(text.find('\x07'), std::string::npos);
}

TEST(NeedsCheck, ARoleMayMoveToAnyNodeOfItsGroup) {
    Step const leader = shape("leader");
    EXPECT_EQ(possible_targets(std::get<FaultStep>(leader.what), view_of_three()),
              (std::vector<std::string>{"db1", "db2"}));
    Step const named = shape("db1");
    EXPECT_EQ(possible_targets(std::get<FaultStep>(named.what), view_of_three()),
              (std::vector<std::string>{"db1"}));
}

TEST(NeedsCheck, WhatANodeCannotDoIsNamedWithItsRemedy) {
    std::vector<NodeCapabilities> const all{able("db1", true), able("db2", false)};
    EXPECT_TRUE(impossible_because({shape("db1")}, view_of_three(), all).empty());
    auto const reasons = impossible_because({shape("leader")}, view_of_three(), all);
    ASSERT_EQ(reasons.size(), 1U);
    EXPECT_EQ(reasons[0], "step 1 (test.shape target=leader): db2 cannot: " +
                              std::string(find_need("nft")->what) +
                              ". Remedy: " + std::string(find_need("nft")->remedy));
}

TEST(NeedsCheck, ANodeThatCannotBeAskedCannotBeDrilled) {
    auto const reasons = impossible_because({shape("db1")}, view_of_three(),
                                            {{.node = "db1", .problem = "sudo wants a password"}});
    ASSERT_EQ(reasons.size(), 1U);
    EXPECT_NE(reasons[0].find("sudo wants a password"), std::string::npos);
}

NodePreflight node(std::string const& name, std::string const& group, bool nft) {
    return {.node = {.name = name, .address = name + ".test", .group = group},
            .unreachable = "",
            .no_consent = "",
            .capabilities = able(name, nft)};
}

TEST(Preflight, EachKindIsJudgedOnEachNode) {
    auto const kinds = judge_kinds({node("db1", "db", true), node("app1", "app", false)});
    auto const found = std::ranges::find_if(
        kinds, [](KindPreflight const& one) { return one.kind->name == "test.shape"; });
    ASSERT_NE(found, kinds.end());
    ASSERT_EQ(found->lacking.size(), 1U);
    EXPECT_EQ(found->lacking[0].node, "app1");
    EXPECT_EQ(found->lacking[0].needs, (std::vector<std::string_view>{"nft"}));
}

TEST(Preflight, TheTextSaysWhoCannotAndWhatToDo) {
    Preflight found{.cluster = "nightly",
                    .nodes = {node("db1", "db", true), node("app1", "app", false)},
                    .view = view_of_three(),
                    .sudoers = needed_sudoers({.user = "admin"})};
    found.kinds = judge_kinds(found.nodes);
    EXPECT_TRUE(found.fit());
    std::string text = preflight_text(found);
    EXPECT_NE(text.find("none; no nft on app1"), std::string::npos) << text;
    EXPECT_NE(text.find(std::string("for nft: ") + std::string(find_need("nft")->remedy)),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("admin ALL=(root) NOPASSWD: /bin/sh"), std::string::npos);
    EXPECT_NE(text.find("FIT: all 2 nodes of nightly can be drilled"), std::string::npos);
    found.nodes[0].no_consent = "it has no marker";
    EXPECT_FALSE(found.fit());
    text = preflight_text(found);
    EXPECT_NE(text.find("NOT FIT: 1 of 2"), std::string::npos) << text;
    EXPECT_NE(preflight_json(found).find("\"fit\": false"), std::string::npos);
}

TEST(Preflight, RootNeedsNoSudoers) { EXPECT_EQ(needed_sudoers({.user = "root"}), ""); }

TEST(Preflight, QuorumIsCounted) {
    ClusterView view = view_of_three();
    view.nodes.push_back({.name = "db3", .group = "db"});
    EXPECT_EQ(etcd_quorum_text(view), "0 of 3 members healthy: NO QUORUM");
    for (NodeView& one : view.nodes) one.etcd_healthy = one.name != "db3";
    EXPECT_EQ(etcd_quorum_text(view), "2 of 3 members healthy; none may fail");
    for (NodeView& one : view.nodes) one.etcd_healthy = true;
    EXPECT_EQ(etcd_quorum_text(view), "3 of 3 members healthy; 1 may fail");
}

}  // namespace
}  // namespace interregnum
