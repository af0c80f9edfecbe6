// SPDX-License-Identifier: MIT
// Quotas: by hand, and against an oracle that tries all orders.
#include "reports/checkers/quota.h"

#include <limits>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/unit/checkers/made.h"

namespace interregnum::test {
namespace {

using namespace checkers;

/// Operations of one key, written as `buy 2 1 4`: amount (or what was read), begin, end.
class Written {
public:
    Written& add(Action action, std::int64_t amount, std::uint32_t begin, std::uint32_t end,
                 Outcome outcome = Outcome::ok) {
        history_.operations.push_back({.value = number(amount),
                                       .invoked = begin,
                                       .completed = outcome == Outcome::unknown ? never : end,
                                       .process = history_.processes++,
                                       .action = action,
                                       .outcome = outcome});
        history_.lines = std::max(history_.lines, end);
        return *this;
    }
    Written& buy(std::int64_t amount, std::uint32_t begin, std::uint32_t end) {
        return add(Action::buy, amount, begin, end);
    }
    Written& cancel(std::int64_t amount, std::uint32_t begin, std::uint32_t end) {
        return add(Action::cancel, amount, begin, end);
    }
    Written& read(std::int64_t count, std::uint32_t begin, std::uint32_t end) {
        return add(Action::read, count, begin, end);
    }
    Written& sold_out(std::int64_t amount, std::uint32_t begin, std::uint32_t end) {
        add(Action::buy, amount, begin, end, Outcome::failed);
        history_.operations.back().other = Value::text(history_.texts.index("\"sold out"));
        return *this;
    }
    Written& unknown(Action action, std::int64_t amount, std::uint32_t begin) {
        return add(action, amount, begin, begin, Outcome::unknown);
    }
    [[nodiscard]] QuotaAnswer judged(std::int64_t quota) const {
        return check_quota(history_, quota);
    }
    [[nodiscard]] History const& history() const { return history_; }

private:
    History history_;
};

TEST(Quota, AsManyAsThereAreMayBeSold) {
    EXPECT_EQ(Written().buy(2, 1, 2).buy(1, 3, 4).judged(3).verdict, HistoryVerdict::valid);
    QuotaAnswer const over = Written().buy(2, 1, 2).buy(2, 3, 4).judged(3);
    EXPECT_EQ(over.verdict, HistoryVerdict::invalid);
    EXPECT_EQ(over.oversold, 1);
    ASSERT_EQ(over.found.size(), 1U);
    EXPECT_EQ(over.found[0].kind, "oversold");
    EXPECT_EQ(over.found[0].sentence, "1 more is sold than the quota of 3");
    EXPECT_EQ(over.found[0].proof, std::vector<std::uint32_t>{1});
}

TEST(Quota, MoreAtOnceThanThereAreIsOversold) {
    EXPECT_EQ(Written().buy(5, 1, 2).judged(3).oversold, 2);
    EXPECT_EQ(Written().buy(1, 1, 2).judged(0).oversold, 1);
}

TEST(Quota, WhatIsUncertainIsHeldAgainstNobody) {
    EXPECT_EQ(Written().unknown(Action::buy, 1, 1).buy(1, 2, 3).judged(1).verdict,
              HistoryVerdict::valid);
    // A refund that may have happened makes room, once.
    Written refunded;
    refunded.buy(1, 1, 2).unknown(Action::cancel, 1, 3).buy(1, 4, 5);
    EXPECT_EQ(refunded.judged(1).verdict, HistoryVerdict::valid);
    EXPECT_EQ(refunded.buy(1, 6, 7).judged(1).oversold, 1);
    EXPECT_EQ(Written().unknown(Action::buy, 1, 1).judged(1).verdict, HistoryVerdict::unknown);
}

TEST(Quota, ARefundMakesRoomFromItsBeginOn) {
    EXPECT_EQ(Written().buy(1, 1, 2).cancel(1, 3, 6).buy(1, 4, 5).judged(1).verdict,
              HistoryVerdict::valid);
    EXPECT_EQ(Written().buy(1, 1, 2).buy(1, 3, 4).cancel(1, 5, 6).judged(1).oversold, 1);
}

TEST(Quota, ARefundThatHadToHappenBeforeMakesNoRoomLater) {
    // The refund ended in line 3, and needed the purchase that goes on: what follows is too much.
    Written written;
    written.buy(1, 1, 9).cancel(1, 2, 3).buy(1, 4, 5).buy(1, 6, 7);
    EXPECT_EQ(written.judged(1).oversold, 1);
    EXPECT_EQ(written.judged(2).verdict, HistoryVerdict::valid);
}

TEST(Quota, OnlyWhatWasSoldCanBeGivenBack) {
    QuotaAnswer const answer = Written().buy(1, 1, 2).cancel(2, 3, 4).judged(5);
    EXPECT_EQ(answer.unsold, 1);
    ASSERT_EQ(answer.found.size(), 1U);
    EXPECT_EQ(answer.found[0].kind, "more given back than sold");
    EXPECT_EQ(Written().cancel(1, 1, 2).unknown(Action::buy, 1, 3).judged(5).unsold, 1);
    EXPECT_EQ(Written().unknown(Action::buy, 1, 1).cancel(1, 2, 3).judged(5).unsold, 0);
}

TEST(Quota, SoldOutNeedsThatTooLittleWasLeft) {
    QuotaAnswer const answer = Written().buy(1, 1, 2).sold_out(1, 3, 4).judged(2);
    EXPECT_EQ(answer.refused, 1U);
    ASSERT_EQ(answer.found.size(), 1U);
    EXPECT_EQ(answer.found[0].sentence,
              "1 refused as sold out when at most 1 of 2 can have been sold");
    EXPECT_EQ(Written().buy(1, 1, 2).sold_out(2, 3, 4).judged(2).refused, 0U);
    EXPECT_EQ(Written().buy(1, 1, 6).buy(1, 2, 3).sold_out(1, 4, 5).judged(2).refused, 0U)
        << "the first may have happened by then";
    EXPECT_EQ(Written().buy(1, 1, 2).add(Action::buy, 1, 3, 4, Outcome::failed).judged(2).refused,
              0U)
        << "it may have failed for another reason";
}

TEST(Quota, ACountLiesBetweenWhatMustAndWhatMayBeSold) {
    Written written;
    written.buy(2, 1, 2).buy(1, 3, 6);
    EXPECT_EQ(Written(written).read(2, 4, 5).judged(9).verdict, HistoryVerdict::valid);
    EXPECT_EQ(Written(written).read(3, 4, 5).judged(9).verdict, HistoryVerdict::valid);
    EXPECT_EQ(Written(written).read(1, 4, 5).judged(9).found.front().sentence,
              "1 were read as sold where 2 to 3 is possible");
    EXPECT_EQ(Written(written).read(4, 4, 5).judged(9).miscounts, 1U);
    EXPECT_EQ(Written().read(4, 1, 2).judged(3).found.front().kind, "oversold");
}

TEST(Quota, HugeCountsAreOnlyWrong) {
    for (std::int64_t const count : {Value::largest, -Value::largest})
        EXPECT_EQ(Written().read(count, 1, 2).judged(3).miscounts, 1U);
}

/// Tries all orders: whether one keeps 0 to `quota` sold and explains all that was seen.
class AllOrders {
public:
    AllOrders(History const& history, std::int64_t quota)
        : all_(history.operations), quota_(quota) {}
    bool possible(std::uint64_t done, std::int64_t sold) {
        if (complete(done)) return true;
        if (!seen_.emplace(done, sold).second) return false;
        for (std::size_t i = 0; i < all_.size(); ++i) {
            if (((done >> i) & 1U) != 0 || !may_be_next(done, i)) continue;
            std::int64_t next = sold;
            if (happens(all_[i], next) && possible(done | (std::uint64_t{1} << i), next))
                return true;
        }
        return false;
    }

private:
    [[nodiscard]] bool complete(std::uint64_t done) const {
        for (std::size_t i = 0; i < all_.size(); ++i)
            if (all_[i].completed != never && ((done >> i) & 1U) == 0) return false;
        return true;
    }
    [[nodiscard]] bool may_be_next(std::uint64_t done, std::size_t index) const {
        for (std::size_t i = 0; i < all_.size(); ++i)
            if (i != index && ((done >> i) & 1U) == 0 && all_[i].completed < all_[index].invoked)
                return false;
        return true;
    }
    [[nodiscard]] bool happens(Operation const& operation, std::int64_t& sold) const {
        std::int64_t const amount = operation.value.is_nil() ? 1 : operation.value.number();
        if (operation.action == Action::read)
            return operation.outcome != Outcome::ok || amount == sold;
        if (operation.outcome == Outcome::failed)
            return operation.other.is_nil() || sold + amount > quota_;
        sold += operation.action == Action::buy ? amount : -amount;
        return sold >= 0 && sold <= quota_;
    }
    std::vector<Operation> const& all_;
    std::int64_t quota_;
    std::set<std::pair<std::uint64_t, std::int64_t>> seen_;
};

struct Tally {
    int histories{};
    int broken{};
    int found{};
    int false_alarms{};
};

/// Random histories, half of them of no shop at all: amounts and outcomes are thrown.
Tally against_oracle(std::int64_t most_at_once, bool observed, int count) {
    Tally tally;
    for (int seed = 1; seed <= count; ++seed) {
        Dice dice(static_cast<std::uint64_t>(seed));
        std::int64_t const quota = 1 + dice(3);
        History history = quota_history({.clients = 2 + dice(5),
                                         .keys = 1,
                                         .operations = 3 + dice(7),
                                         .unknown_percent = dice(2) * 25,
                                         .seed = static_cast<std::uint64_t>(seed)},
                                        quota, most_at_once);
        bool const wild = dice.chance(50);
        std::erase_if(history.operations, [&](Operation& operation) {
            bool const looks =
                operation.action == Action::read || operation.outcome == Outcome::failed;
            if (wild && !looks && dice.chance(40))
                operation.action = dice.chance(50) ? Action::buy : Action::cancel;
            if (wild && operation.action == Action::read && dice.chance(50))
                operation.value = number(dice(static_cast<std::uint32_t>(quota) + 1));
            return looks && !observed;
        });
        bool const right = AllOrders(history, quota).possible(0, 0);
        bool const accepted = check_quota(history, quota).verdict != HistoryVerdict::invalid;
        ++tally.histories;
        tally.broken += right ? 0 : 1;
        tally.found += !right && !accepted ? 1 : 0;
        tally.false_alarms += right && !accepted ? 1 : 0;
    }
    fmt::print("{} histories, {} of them broken, {} found, {} false alarms\n", tally.histories,
               tally.broken, tally.found, tally.false_alarms);
    return tally;
}

int rounds() { return thorough() ? 300'000 : 10'000; }

TEST(Oracle, QuotasOfOneEachAreJudgedExactly) {
    Tally const tally = against_oracle(1, false, rounds());
    EXPECT_EQ(tally.false_alarms, 0);
    EXPECT_EQ(tally.found, tally.broken);
    EXPECT_GT(tally.broken, tally.histories / 20);
}

TEST(Oracle, NoRightQuotaIsRejectedWhateverWasSeen) {
    Tally const tally = against_oracle(3, true, rounds());
    EXPECT_EQ(tally.false_alarms, 0);
    EXPECT_GT(tally.found * 10, tally.broken * 7) << "most of what is wrong is found";
}

}  // namespace
}  // namespace interregnum::test
