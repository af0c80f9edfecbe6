// SPDX-License-Identifier: MIT
#include "harness/engine/node_watch.h"

#include <gtest/gtest.h>

#include "tests/unit/support/scripted_transport.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::NodeSeen;

constexpr std::string_view boot = "0f9c2b6e-7d9e-4c2e-9b1f-3a5d7c8e9f01";
constexpr std::string_view other_boot = "1f9c2b6e-7d9e-4c2e-9b1f-3a5d7c8e9f01";

std::string said(std::string_view time, std::string_view boot_id) {
    return std::string(time) + "\n" + std::string(boot_id) + "\n";
}

TEST(NodeReading, IsTimeAndBoot) {
    auto const reading = parse_node_reading(said("1795317044.000000042", boot));
    ASSERT_TRUE(reading) << reading.error().message;
    EXPECT_EQ(reading->wall, 1795317044s + 42ns);
    EXPECT_EQ(reading->boot_id, boot);
}

TEST(NodeReading, RefusesEverythingElse) {
    for (std::string const& wrong :
         {std::string(), said("", boot), said("1795317044", boot), said("1795317044.1", boot),
          said("1795317044.%N", boot), said("-1795317044.000000042", boot),
          said("99999999999999999999.000000042", boot), said("9999999999.000000042", boot),
          said("1795317044.-00000042", boot), said("1795317044.000000042", "x"),
          said("1795317044.000000042", std::string(36, 'Z')), std::string("1795317044.000000042"),
          std::string(100'000, '1')})
        EXPECT_FALSE(parse_node_reading(wrong)) << wrong.substr(0, 60);
}

TEST(NodeWatch, WritesWhatTellsMore) {
    NodeSeen const before{
        .reachable = true, .boot_id = std::string(boot), .clock_offset = 10ms, .clock_error = 1ms};
    NodeSeen now = before;
    now.clock_offset = 12ms;
    EXPECT_FALSE(tells_more(before, now)) << "the errors explain it";
    now.clock_offset = 12ms + 1ns;
    EXPECT_TRUE(tells_more(before, now));
    now.clock_offset = 8ms - 1ns;
    EXPECT_TRUE(tells_more(before, now));
    now = before;
    now.boot_id = other_boot;
    EXPECT_TRUE(tells_more(before, now));
    now = before;
    now.reachable = false;
    EXPECT_TRUE(tells_more(before, now));
}

class Kept final : public record::Sink {
public:
    void write(record::Event event) override {
        std::scoped_lock const lock(mutex_);
        if (auto const* one = std::get_if<NodeSeen>(&event)) seen_.push_back(*one);
    }
    [[nodiscard]] std::vector<NodeSeen> seen() const {
        std::scoped_lock const lock(mutex_);
        return seen_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<NodeSeen> seen_;
};

TEST(NodeWatch, AsksAgainWhenAFaultIsOverAndNotWhileItIsInForce) {
    SteadyClock clock;
    Instant const origin = clock.now();
    std::mutex mutex;
    std::string answer = said("1795317050.000000000", boot);
    Fleet fleet;
    auto node = std::make_unique<test::ScriptedTransport>();
    node->otherwise([&](RemoteCommand const&) -> Result<RemoteResult> {
        std::scoped_lock const lock(mutex);
        return RemoteResult{
            .exit_status = 0, .out = answer, .sent = origin + 1s, .returned = origin + 1s + 4ms};
    });
    fleet.add("db1", std::move(node));
    auto silent = std::make_unique<test::ScriptedTransport>();
    silent->otherwise([](RemoteCommand const&) -> Result<RemoteResult> {
        return fail(Error::Kind::unreachable, "off");
    });
    fleet.add("db2", std::move(silent));
    Kept kept;
    NodeWatch watch(kept, fleet, {"db1", "db2"}, clock, origin);
    watch.write(record::RunStarted{.wall_start_ns = 1'795'317'044'000'000'000});
    watch.look({});
    watch.look({});  // nothing new
    auto seen = kept.seen();
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_TRUE(seen[0].reachable);
    // It said 6 s after the anchor, in the middle of 1 s and 1.004 s into the run.
    EXPECT_EQ(seen[0].clock_offset, 6s - 1002ms);
    EXPECT_EQ(seen[0].clock_error, 2ms);
    EXPECT_EQ(seen[0].asked, 1s);
    EXPECT_FALSE(seen[1].reachable);

    {
        std::scoped_lock const lock(mutex);
        answer = said("1795317050.000000000", other_boot);
    }
    watch.start();
    auto const fault = [&](record::FaultStage stage) {
        watch.write(record::FaultEvent{.fault_id = "f1", .stage = stage, .targets = {"db1"}});
    };
    fault(record::FaultStage::armed);
    fault(record::FaultStage::undone);
    Instant const give_up = clock.now() + 5s;
    while (kept.seen().size() < 3 && clock.now() < give_up) clock.sleep_for(5ms, {});
    watch.stop();
    seen = kept.seen();
    ASSERT_EQ(seen.size(), 3U);
    EXPECT_EQ(seen[2].boot_id, other_boot);
}

}  // namespace
}  // namespace interregnum
