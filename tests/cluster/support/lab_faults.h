// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/cluster/support/fault_trial.h"

namespace interregnum::test {

/// The first line that psql prints on a node, asked from the host; fails the test when it fails.
[[nodiscard]] std::string psql(std::string const& node, std::string const& sql);
/// The same for what only has an effect.
void do_sql(std::string const& node, std::string const& sql);
/// A command on a node that must succeed.
void do_on(std::string const& node, std::vector<std::string> argv);

/// The lab that is up here, and means to look at it. Skipped, with the reason, without one.
class LabBench : public testing::Test {
protected:
    void SetUp() override;
    FaultBench& bench() { return *bench_; }
    [[nodiscard]] bool has_bench() const { return bench_ != nullptr; }
    /// The leader's name; "" when nobody leads.
    [[nodiscard]] std::string leader() const;
    /// By the inventory, so that it takes no look at the cluster.
    [[nodiscard]] std::string address(std::string const& node) const;
    /// A failure with the first reason when the cluster does not get well in time.
    void expect_redundant();

    template <class Condition>
    bool soon(Condition condition, Duration limit = std::chrono::seconds(10)) {
        Instant const deadline = bench_->clock().now() + limit;
        while (!condition()) {
            if (bench_->clock().now() >= deadline) return false;
            bench_->clock().sleep_for(std::chrono::milliseconds(100), {});
        }
        return true;
    }
    /// It holds now and goes on holding.
    template <class Condition>
    bool stays(Condition condition, Duration span) {
        Instant const end = bench_->clock().now() + span;
        while (condition()) {
            if (bench_->clock().now() >= end) return true;
            bench_->clock().sleep_for(std::chrono::milliseconds(100), {});
        }
        return false;
    }

private:
    std::unique_ptr<FaultBench> bench_;
};

/// A lab that is healthy before and after each test.
class LabFaults : public LabBench {
protected:
    void SetUp() override;
    void TearDown() override;
};

}  // namespace interregnum::test
