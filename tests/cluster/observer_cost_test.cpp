// SPDX-License-Identifier: MIT
// What watching costs the cluster: processor time of its services under the shop's usual load, with
// and without observers, in turn.
#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/engine/traffic.h"
#include "harness/lab/lab.h"
#include "tests/cluster/support/drill.h"
#include "tests/cluster/support/lab_context.h"

namespace interregnum::test {
namespace {

using std::chrono::seconds;

class NoSink final : public record::Sink {
public:
    void write(record::Event /*event*/) override {}
};

/// Processor time that a unit of a node has used since it began, from its cgroup.
Duration used_by(std::string const& node, std::string const& unit) {
    LocalResult const read =
        call({"lab", "exec", node, "cat",
              fmt::format("/sys/fs/cgroup/system.slice/{}.service/cpu.stat", unit)});
    constexpr std::string_view key = "usage_usec ";
    std::size_t const at = read.out.find(key);
    std::int64_t microseconds = -1;
    if (at != std::string::npos)
        std::from_chars(read.out.data() + at + key.size(), read.out.data() + read.out.size(),
                        microseconds);
    EXPECT_GE(microseconds, 0) << node << " " << unit << ": " << read.out << read.err;
    return std::chrono::microseconds(microseconds);
}

class ObserverCosts : public testing::Test {
protected:
    void SetUp() override {
        if (running_lab()) expect_redundant_lab();
        auto found = lab_context();
        if (auto const* why = std::get_if<std::string>(&found)) GTEST_SKIP() << *why;
        context_ = std::get<ProbeContext>(std::move(found));
        context_.run_id = "observer-costs";
        context_.clock = &clock_;
        context_.sink = &sink_;
        context_.origin = clock_.now();
        for (ProbeNode const& node : context_.nodes)
            for (char const* unit : {"patroni", "etcd", "redis-sentinel", "haproxy"})
                if ((node.group == "app") == (std::string_view(unit) == "haproxy"))
                    units_.emplace_back(node.name, unit);
        shop_ = Registry<StoreKind>::find("shop");
        Options workload;
        workload.set("quota", std::int64_t{500});
        Status const made = shop_->prepare(context_, workload, {});
        ASSERT_TRUE(made.has_value()) << made.error().message;
    }
    void TearDown() override {
        if (shop_ == nullptr) return;
        Status const dropped = shop_->drop(context_, {});
        EXPECT_TRUE(dropped.has_value()) << dropped.error().message;
    }

    /// Adds what each kind of unit uses in `span`, all nodes together.
    void add_use(std::map<std::string, Duration>& sums, Duration span) {
        std::map<std::string, Duration> before;
        for (auto const& [node, unit] : units_) before[unit] += used_by(node, unit);
        ASSERT_TRUE(clock_.sleep_for(span, {}));
        std::map<std::string, Duration> after;
        for (auto const& [node, unit] : units_) after[unit] += used_by(node, unit);
        for (auto const& [unit, used] : after) sums[unit] += used - before[unit];
    }

    SteadyClock clock_;
    NoSink sink_;
    ProbeContext context_;
    StoreKind const* shop_{};
    std::vector<std::pair<std::string, std::string>> units_;  ///< node, unit
};

TEST_F(ObserverCosts, AreSmallBesideOneProcessor) {
    constexpr int rounds = 2;
    constexpr Duration span = seconds(6);
    ProbeKind const* const orders = Registry<ProbeKind>::find("orders");
    auto customers =
        Traffic::plan({{.probe = orders, .options = fallback_options(orders->options)}}, context_);
    ASSERT_TRUE(customers) << customers.error().message;
    (*customers)->start_customers();
    std::map<std::string, Duration> without;
    std::map<std::string, Duration> with;
    for (int round = 0; round < rounds; ++round) {
        add_use(without, span);
        auto observers = Traffic::plan({}, context_);
        ASSERT_TRUE(observers);
        (*observers)->start_observers();
        add_use(with, span);
        (*observers)->stop_observers();
    }
    (*customers)->stop_customers();
    double const time = std::chrono::duration<double>(span).count() * rounds;
    std::map<std::string, int> nodes;
    for (auto const& [node, unit] : units_) ++nodes[unit];
    for (auto const& [unit, used] : with) {
        double const each = time * nodes[unit];
        double const less = std::chrono::duration<double>(without[unit]).count() / each;
        double const more = std::chrono::duration<double>(used).count() / each;
        std::printf(
            "%-15s %5.1f %% of a processor a node without observers, %5.1f %% with: x %.2f\n",
            unit.c_str(), 100 * less, 100 * more, more / less);
        // A tenth of one processor, which a database server has many of.
        EXPECT_LT(more - less, 0.10) << unit;
    }
}

}  // namespace
}  // namespace interregnum::test
