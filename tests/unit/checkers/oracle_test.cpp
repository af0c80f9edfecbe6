// SPDX-License-Identifier: MIT
// The checkers against an oracle that tries all orders: on every history of a few operations, and
// on random ones of some more. A share of them here, all with INTERREGNUM_THOROUGH=1 (`tests/run
// long`).
#include <algorithm>
#include <functional>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/history_model.h"
#include "reports/checkers/register_configurations.h"
#include "reports/checkers/register_search.h"
#include "reports/checkers/zones.h"
#include "tests/unit/checkers/made.h"

namespace interregnum::test {
namespace {

using namespace checkers;
using Kind = RegisterOp::Kind;

std::string show(std::vector<RegisterOp> const& ops) {
    std::string text;
    for (RegisterOp const& op : ops)
        text += fmt::format("  kind {} {:x} {:x} from {} to {}\n", static_cast<int>(op.kind),
                            op.value.bits(), op.other.bits(), op.invoked, op.completed);
    return text;
}

/// What was compared, and how it came out.
struct Tally {
    std::uint64_t histories{};
    std::uint64_t broken{};
    std::uint64_t unique{};
    std::uint64_t missed{};  ///< by the narrowest search
    std::uint64_t wrong{};
};

void compare(std::vector<RegisterOp> const& ops, Value initial, Texts const& texts, Tally& tally) {
    bool const right = by_all_orders(ops, initial, texts);
    HistoryLimits const limits;
    Budget budget(limits);
    auto const searched = search_register(ops, initial, texts, budget);
    // The narrowest search may miss an order, but never finds one that is none, nor says that there
    // is none when it has dropped something.
    RegisterSearch narrow(ops, initial, texts, budget, 1);
    auto const found = narrow.run().verdict;
    bool const narrow_agrees =
        found == (right ? SearchAnswer::Verdict::linearizable : SearchAnswer::Verdict::broken) ||
        (narrow.narrowed() && found == SearchAnswer::Verdict::broken);
    tally.missed += found == SearchAnswer::Verdict::broken && right ? 1U : 0U;
    static Zones zones;
    auto const unique = zones.check(ops, initial);
    bool const search_agrees = searched.verdict == (right ? SearchAnswer::Verdict::linearizable
                                                          : SearchAnswer::Verdict::broken);
    bool const zones_agree =
        unique.verdict == Zones::Verdict::not_unique ||
        unique.verdict == (right ? Zones::Verdict::linearizable : Zones::Verdict::broken);
    ++tally.histories;
    tally.broken += right ? 0U : 1U;
    tally.unique += unique.verdict == Zones::Verdict::not_unique ? 0U : 1U;
    if (search_agrees && narrow_agrees && zones_agree) return;
    if (tally.wrong++ < 3)
        ADD_FAILURE() << (right ? "linearizable" : "broken")
                      << (search_agrees ? "" : ", not to the search")
                      << (narrow_agrees ? "" : ", not to the narrow search")
                      << (zones_agree ? "" : ", not to the zones") << "\n"
                      << show(ops);
}

/// One thing that an operation can be.
struct Choice {
    Kind kind;
    std::int64_t value;
    std::int64_t other{};
    bool unknown{};
};

/// Calls `each` with every way in which `count` operations can lie in time, in the order they
/// begin.
void every_timing(std::size_t count, std::function<void(std::vector<RegisterOp>&)> const& each) {
    std::vector<RegisterOp> ops;
    std::function<void(std::uint32_t)> const step = [&](std::uint32_t line) {
        if (line > 2 * count) return each(ops);
        if (ops.size() < count) {
            ops.push_back({.invoked = line, .id = static_cast<std::uint32_t>(ops.size())});
            step(line + 1);
            ops.pop_back();
        }
        for (std::size_t i = 0; i < ops.size(); ++i) {
            if (ops[i].completed != never) continue;
            ops[i].completed = line;
            step(line + 1);
            ops[i].completed = never;
        }
    };
    step(1);
}

/// Every history of `count` operations, each one of `choices`; every `stride`-th of them.
Tally every_history(std::size_t count, std::vector<Choice> const& choices, std::uint64_t stride) {
    Tally tally;
    Texts const texts;
    std::uint64_t number = 0;
    every_timing(count, [&](std::vector<RegisterOp> const& timing) {
        std::vector<std::size_t> chosen(count);
        for (;;) {
            if (number++ % stride == 0) {
                std::vector<RegisterOp> ops = timing;
                for (std::size_t i = 0; i < count; ++i) {
                    Choice const& choice = choices[chosen[i]];
                    ops[i].kind = choice.kind;
                    ops[i].value = test::number(choice.value);
                    ops[i].other = test::number(choice.other);
                    if (choice.unknown) ops[i].completed = never;
                }
                compare(ops, test::number(0), texts, tally);
            }
            std::size_t place = 0;
            while (place < count && ++chosen[place] == choices.size()) chosen[place++] = 0;
            if (place == count) return;
        }
    });
    return tally;
}

std::vector<Choice> const everything{
    {Kind::read, 0},    {Kind::read, 1},   {Kind::read, 2},           {Kind::write, 0},
    {Kind::write, 1},   {Kind::write, 2},  {Kind::write, 1, 0, true}, {Kind::cas, 0, 1},
    {Kind::cas, 1, 0},  {Kind::cas, 1, 2}, {Kind::cas, 0, 1, true},   {Kind::cas, 1, 2, true},
    {Kind::refused, 0}, {Kind::refused, 1}};
std::vector<Choice> const reads_and_writes{{Kind::read, 0},  {Kind::read, 1},
                                           {Kind::read, 2},  {Kind::write, 1},
                                           {Kind::write, 2}, {Kind::write, 1, 0, true}};

void report(Tally const& tally) {
    testing::Test::RecordProperty("histories", std::to_string(tally.histories));
    fmt::print(
        "{} histories, {} of them broken, {} with unique values, {} missed by the narrowest "
        "search, {} judged wrong\n",
        tally.histories, tally.broken, tally.unique, tally.missed, tally.wrong);
    EXPECT_EQ(tally.wrong, 0U);
    EXPECT_GT(tally.broken, tally.histories / 40);
}

TEST(Oracle, EveryHistoryOfTwoOperations) { report(every_history(2, everything, 1)); }
TEST(Oracle, EveryHistoryOfThreeOperations) {
    report(every_history(3, everything, thorough() ? 1 : 7));
}
TEST(Oracle, EveryHistoryOfFourReadsAndWrites) {
    report(every_history(4, reads_and_writes, thorough() ? 1 : 23));
}
TEST(Oracle, EveryHistoryOfFourOperations) {
    if (!thorough()) GTEST_SKIP() << "4 million histories: with INTERREGNUM_THOROUGH=1";
    report(every_history(4, everything, 1));
}
TEST(Oracle, EveryHistoryOfFiveReadsAndWrites) {
    if (!thorough()) GTEST_SKIP() << "7 million histories: with INTERREGNUM_THOROUGH=1";
    report(every_history(5, reads_and_writes, 1));
}

/// Random ones of up to ten operations: half of them of a register that works, with some answer
/// exchanged; so both verdicts are frequent and near each other.
void random_histories(History (*make)(Making const&), Value initial, bool text) {
    Tally tally;
    std::uint64_t const count = thorough() ? 100'000 : 1'500;
    for (std::uint64_t seed = 1; seed <= count; ++seed) {
        Dice dice(seed);
        History history = make({.clients = 2 + dice(5),
                                .keys = 1,
                                .operations = 3 + dice(8),
                                .unknown_percent = dice(2) * 25,
                                .seed = seed});
        auto& all = history.operations;
        if (dice.chance(60)) {
            // Two of them change their times or their values.
            Operation& one = all[dice(static_cast<std::uint32_t>(all.size()))];
            Operation& other = all[dice(static_cast<std::uint32_t>(all.size()))];
            if (one.action == other.action) std::swap(one.value, other.value);
        }
        Value const first = text ? Value::text(history.texts.index("\"")) : initial;
        compare(register_ops(history), first, history.texts, tally);
    }
    report(tally);
}

TEST(Oracle, RandomUniqueRegisters) { random_histories(unique_register, Value(), false); }
TEST(Oracle, RandomCasRegisters) { random_histories(cas_register, test::number(0), false); }
TEST(Oracle, RandomMapsWithAppends) { random_histories(append_map, Value(), true); }

}  // namespace
}  // namespace interregnum::test
