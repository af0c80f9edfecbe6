// SPDX-License-Identifier: MIT
#include "tests/cluster/support/lab_faults.h"

#include "harness/lab/lab.h"
#include "tests/cluster/support/drill.h"

namespace interregnum::test {

using namespace std::chrono_literals;

std::string psql(std::string const& node, std::string const& sql) {
    LocalResult const done =
        on_lab_node(node, {"runuser", "-u", "postgres", "--", "psql", "-XAtqc", sql}, 20s);
    EXPECT_EQ(done.exit_status, 0) << node << ": " << sql << ": " << done.err;
    return done.out.substr(0, done.out.find('\n'));
}

void do_sql(std::string const& node, std::string const& sql) { static_cast<void>(psql(node, sql)); }

void do_on(std::string const& node, std::vector<std::string> argv) {
    LocalResult const done = on_lab_node(node, std::move(argv), 30s);
    EXPECT_EQ(done.exit_status, 0) << node << ": " << done.err;
}

void LabBench::SetUp() {
    auto found = FaultBench::lab();
    if (auto const* why = std::get_if<std::string>(&found)) GTEST_SKIP() << *why;
    bench_ = std::get<std::unique_ptr<FaultBench>>(std::move(found));
}

std::string LabBench::leader() const {
    ClusterView const view = bench_->look();
    return view.leader() != nullptr ? view.leader()->name : "";
}

std::string LabBench::address(std::string const& node) const {
    for (InventoryNode const& known : bench_->inventory().nodes)
        if (known.name == node) return known.address;
    ADD_FAILURE() << "no node is named " << node;
    return "";
}

void LabBench::expect_redundant() {
    auto const reasons = bench_->wait_until_redundant(90s);
    EXPECT_TRUE(reasons.empty()) << reasons.front();
}

void LabFaults::SetUp() {
    if (running_lab()) expect_redundant_lab();
    LabBench::SetUp();
    if (!has_bench()) return;
    auto const reasons = bench().wait_until_redundant(90s);
    ASSERT_TRUE(reasons.empty()) << reasons.front();
}

void LabFaults::TearDown() {
    if (has_bench()) expect_redundant();
}

}  // namespace interregnum::test
