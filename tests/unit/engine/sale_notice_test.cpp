// SPDX-License-Identifier: MIT
#include "harness/engine/sale_notice.h"

#include <vector>

#include <gtest/gtest.h>

namespace interregnum {
namespace {

using record::Attempt;
using record::Outcome;
using record::Service;

class Counter final : public record::Sink {
public:
    void write(record::Event /*event*/) override { ++events; }
    int events{};
};

class Sales : public testing::Test {
protected:
    Sales() {
        for (Service const service : {Service::write, Service::ticket, Service::cart})
            notice_.write(
                record::StreamDeclared{.id = static_cast<int>(service), .service = service});
    }
    void attempt(Service service, std::string token, std::int64_t id,
                 Outcome outcome = Outcome::ok) {
        notice_.write(Attempt{.stream = static_cast<int>(service),
                              .outcome = outcome,
                              .token = std::move(token),
                              .id = id});
    }

    Counter next_;
    std::vector<std::pair<Breach, std::string>> said_;
    SaleNotice notice_{next_, [this](Breach breach, std::string text) {
                           said_.emplace_back(breach, std::move(text));
                       }};
};

TEST_F(Sales, ThatAreInOrderAreNotTalkedAbout) {
    attempt(Service::write, "a", 1);
    attempt(Service::ticket, "b", 2);
    attempt(Service::write, "c", 1, Outcome::unknown);  // nobody was told
    attempt(Service::cart, "d", 1);                     // fencing tokens are numbers of their own
    attempt(Service::write, "e", 0);
    attempt(Service::write, "f", 0);
    EXPECT_TRUE(said_.empty()) << said_[0].second;
    EXPECT_EQ(next_.events, 3 + 6);
}

TEST_F(Sales, ANumberThatIsToldTwiceIsSaidAtOnce) {
    attempt(Service::write, "a", 7);
    attempt(Service::ticket, "b", 7);
    ASSERT_EQ(said_.size(), 1U);
    EXPECT_EQ(said_[0].first, Breach::duplicated);
    EXPECT_EQ(said_[0].second, "order number 7 was given to b, and to somebody else before");
    // Whoever got a fencing token held the lock, also if the cart was not filled then.
    attempt(Service::cart, "c", 3, Outcome::unknown);
    attempt(Service::cart, "d", 3);
    ASSERT_EQ(said_.size(), 2U);
    EXPECT_EQ(said_[1].second, "fencing token 3 was given to d, and to somebody else before");
}

TEST_F(Sales, ForgetsWhatIsLongGoneAndTakesNoNewNumberForAnOldOne) {
    for (int id = 1; id <= 200'000; ++id) attempt(Service::write, std::to_string(id), id);
    EXPECT_TRUE(said_.empty()) << said_[0].second;
    attempt(Service::write, "again", 199'000);
    ASSERT_EQ(said_.size(), 1U);
    EXPECT_TRUE(said_[0].second.starts_with("order number 199000 ")) << said_[0].second;
}

TEST_F(Sales, MoreThanThereIsIsSaidAtOnce) {
    notice_.write(record::Fact{.name = "for_sale", .value = "2"});
    attempt(Service::ticket, "a", 1);
    attempt(Service::ticket, "b", 2);
    attempt(Service::write, "standing", 3);  // counts against no quota
    EXPECT_TRUE(said_.empty());
    attempt(Service::ticket, "c", 4);
    ASSERT_EQ(said_.size(), 1U);
    EXPECT_EQ(said_[0].first, Breach::oversold);
    EXPECT_EQ(said_[0].second, "3 are sold of 2 that there are: c");
    for (int i = 0; i < 20; ++i) attempt(Service::ticket, "more" + std::to_string(i), 10 + i);
    EXPECT_EQ(said_.size(), 5U) << "the rest is in the report";
}

}  // namespace
}  // namespace interregnum
