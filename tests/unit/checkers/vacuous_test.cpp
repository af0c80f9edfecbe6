// SPDX-License-Identifier: MIT
// Histories in which nobody looked: they prove nothing, neither for nor against.
#include <string>

#include <gtest/gtest.h>

#include "reports/checkers/counter.h"
#include "reports/checkers/history_reader.h"
#include "reports/checkers/set_full.h"

namespace interregnum::checkers {
namespace {

/// Entries of one process each: type, f and value.
History history_of(std::string const& text) {
    Shape const shape{.model = "any", .rules = {{.action = Action::add}, {.action = Action::read}}};
    auto history = read_history(TextSource("made", text), shape, {}, {});
    EXPECT_TRUE(history) << history.error().message;
    return history ? *std::move(history) : History{};
}

std::string entry(int process, std::string const& type, std::string const& f,
                  std::string const& value) {
    return R"({"process": )" + std::to_string(process) + R"(, "type": ")" + type + R"(", "f": ")" +
           f + R"(", "value": )" + value + "}\n";
}

TEST(Vacuous, ACounterThatNobodyReadIsNotKnown) {
    std::string const added = entry(0, "invoke", "add", "1") + entry(0, "ok", "add", "1");
    EXPECT_EQ(check_counter(history_of(added)).verdict, HistoryVerdict::unknown);
    EXPECT_EQ(check_counter(history_of(added + entry(0, "invoke", "read", "null") +
                                       entry(0, "ok", "read", "1")))
                  .verdict,
              HistoryVerdict::valid);
}

TEST(Vacuous, WhatWasAddedAfterTheLastReadOfASetIsNotLost) {
    std::string const first = entry(0, "invoke", "add", "1") + entry(0, "ok", "add", "1");
    std::string const read = entry(1, "invoke", "read", "null") + entry(1, "ok", "read", "[1]");
    std::string const second = entry(0, "invoke", "add", "2") + entry(0, "ok", "add", "2");
    EXPECT_EQ(check_set(history_of(first + read)).verdict, HistoryVerdict::valid);
    SetAnswer const later = check_set(history_of(first + read + second));
    EXPECT_EQ(later.verdict, HistoryVerdict::unknown);
    EXPECT_EQ(later.later, 1U);
    EXPECT_TRUE(later.lost.empty());
    SetAnswer const lost = check_set(history_of(first + second + read));
    EXPECT_EQ(lost.verdict, HistoryVerdict::invalid);
    EXPECT_EQ(lost.lost.size(), 1U);
}

TEST(Vacuous, WhatWasAddedAfterTheLastOfManyReadsIsNotKnown) {
    std::string const first = entry(0, "invoke", "add", "1") + entry(0, "ok", "add", "1");
    std::string const read = entry(1, "invoke", "read", "null") + entry(1, "ok", "read", "[1]");
    std::string const second = entry(0, "invoke", "add", "2") + entry(0, "ok", "add", "2");
    EXPECT_EQ(check_set_full(history_of(first + read)).verdict, HistoryVerdict::valid);
    SetFullAnswer const later = check_set_full(history_of(first + read + second));
    EXPECT_EQ(later.verdict, HistoryVerdict::unknown) << "nobody looked for it";
    EXPECT_EQ(later.stable, 1U);
    EXPECT_EQ(later.later, 1U);
    // Acknowledged by nobody: it need not be there.
    std::string const uncertain = entry(0, "invoke", "add", "2") + entry(0, "info", "add", "2");
    EXPECT_EQ(check_set_full(history_of(first + read + uncertain)).verdict, HistoryVerdict::valid);
    EXPECT_EQ(check_set_full(history_of(first + second + read)).verdict, HistoryVerdict::invalid);
    std::string const both = entry(1, "invoke", "read", "null") + entry(1, "ok", "read", "[1, 2]");
    EXPECT_EQ(check_set_full(history_of(first + read + second + both)).verdict,
              HistoryVerdict::valid);
}

}  // namespace
}  // namespace interregnum::checkers
