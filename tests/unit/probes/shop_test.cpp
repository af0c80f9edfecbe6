// SPDX-License-Identifier: MIT
#include <algorithm>
#include <regex>
#include <set>

#include <gtest/gtest.h>

#include "probes/shop/codes.h"
#include "probes/shop/final_reads.h"
#include "probes/shop/locks.h"
#include "probes/shop/purchase.h"

namespace interregnum::test {
namespace {

TEST(Codes, AreFiveOfTheLettersThatAreNotMistaken) {
    EXPECT_EQ(shop::code_letters.size(), 27U);
    for (char const confusing : std::string_view("IO01"))
        EXPECT_FALSE(shop::code_letters.contains(confusing)) << confusing;
    shop::CodeBook book(7, 1);
    std::set<char> letters;
    for (int i = 0; i < 2000; ++i) {
        std::string const code = book.draw();
        ASSERT_EQ(code.size(), 5U);
        letters.insert(code.begin(), code.end());
    }
    EXPECT_EQ(letters.size(), 27U) << "2,000 codes, and some letter was never drawn";
    for (char const letter : letters) EXPECT_TRUE(shop::code_letters.contains(letter)) << letter;
}

TEST(Codes, AreTheSameForTheSameSeedAndOthersForOtherClients) {
    shop::CodeBook one(7, 1);
    shop::CodeBook same(7, 1);
    shop::CodeBook other(7, 2);
    std::string const first = one.draw();
    EXPECT_EQ(first, same.draw());
    EXPECT_NE(first, other.draw());
    for (int i = 0; i < 100; ++i) {
        std::int64_t const seat = one.pick(3);
        EXPECT_TRUE(seat >= 1 && seat <= 3) << seat;
    }
}

TEST(Locks, HaveTheRowAboveTheClass) {
    using enum shop::LockClass;
    EXPECT_EQ(shop::lock_key(quota, 0), 0x71756F74);
    EXPECT_EQ(shop::lock_key(seat, 3), (std::int64_t{3} << 33) | 0x73656174);
    for (shop::LockClass const what : {quota, voucher, seat})
        EXPECT_LT(static_cast<std::int64_t>(what), std::int64_t{1} << 33);
    EXPECT_NE(shop::lock_key(quota, 1), shop::lock_key(voucher, 1));
}

TEST(Locks, AreTakenInOneOrderAndOnce) {
    EXPECT_EQ(shop::lock_list({30, 10, 20, 10}), "{10,20,30}");
    EXPECT_EQ(shop::lock_list({}), "{}");
}

/// Who locked them in another order could be in a deadlock with a customer.
TEST(FinalReads, LockWhatCustomersWriteToInTheirOrder) {
    std::regex const write(R"((?:INSERT INTO|UPDATE|DELETE FROM) (interregnum\.\w+))");
    std::string const said = std::string(shop::redeem_voucher) + std::string(shop::place_order);
    std::string written;
    for (std::sregex_iterator at(said.begin(), said.end(), write), end; at != end; ++at)
        written += (written.empty() ? "" : ", ") + (*at)[1].str();
    EXPECT_EQ(shop::written_tables, written);
}

/// Whatever a role's or a database's client_min_messages is: an order is a transaction of its own,
/// a ticket and a voucher begin one.
TEST(Purchase, AsksForTheWarningThatACommitWasNotWaitedFor) {
    EXPECT_TRUE(shop::place_order.contains("set_config('client_min_messages', 'warning', true)"));
    EXPECT_TRUE(shop::begin_purchase.contains("SET LOCAL client_min_messages = warning;"));
}

TEST(Purchase, TouchesNoTableButOurs) {
    for (std::string_view const sql :
         {shop::place_order, shop::find_seat, shop::free_in_quota, shop::fill_cart,
          shop::empty_cart, shop::redeem_voucher, shop::confirm_order, shop::browse,
          shop::read_tokens, shop::read_quotas, shop::read_vouchers, shop::read_seats,
          shop::read_unbalanced}) {
        for (std::string_view const word : {"INTO ", "UPDATE ", "DELETE FROM "}) {
            for (std::size_t at = sql.find(word); at != std::string_view::npos;
                 at = sql.find(word, at + 1))
                EXPECT_TRUE(sql.substr(at + word.size()).starts_with("interregnum.")) << sql;
        }
        EXPECT_TRUE(sql.contains("interregnum.")) << sql;
    }
}

}  // namespace
}  // namespace interregnum::test
