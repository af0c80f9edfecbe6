// SPDX-License-Identifier: MIT
#include "reports/checkers/bank.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "reports/checkers/dense_ids.h"

namespace interregnum::checkers {
namespace {

constexpr std::size_t shown = 10;

std::uint64_t bits(std::int64_t number) { return static_cast<std::uint64_t>(number); }

class Bank {
public:
    Bank(History const& history, BankRules const& rules) : history_(&history), rules_(rules) {}

    BankAnswer run() {
        auto const& all = history_->operations;
        for (std::uint32_t i = 0; i < all.size(); ++i)
            if (all[i].action == Action::read && all[i].outcome == Outcome::ok &&
                all[i].value.kind() == Value::Kind::map)
                look(i);
        if (answer_.reads == 0) answer_.verdict = HistoryVerdict::unknown;
        if (answer_.wrong_total + answer_.unexpected_account + answer_.missing_account +
                answer_.nil_balance + answer_.negative >
            0)
            answer_.verdict = HistoryVerdict::invalid;
        return std::move(answer_);
    }

private:
    void look(std::uint32_t read) {
        auto const items = history_->lists.at(history_->operations[read].value);
        std::int64_t sum = 0;
        bool whole = true;
        bool below = false;
        for (std::size_t i = 1; i < items.size(); i += 2) {
            bool const number = items[i].kind() == Value::Kind::integer;
            whole = whole && number;
            std::int64_t const balance = number ? items[i].number() : 0;
            below = below || balance < 0;
            if (__builtin_add_overflow(sum, balance, &sum)) whole = false;
        }
        bool const first = answer_.reads++ == 0;
        if (first) {
            meet(items);
            answer_.total = rules_.total.value_or(sum);
            answer_.lowest = answer_.highest = sum;
        }
        answer_.lowest = std::min(answer_.lowest, sum);
        answer_.highest = std::max(answer_.highest, sum);
        if (!first) compare_accounts(items, read);
        if (!whole)
            note(answer_.nil_balance, "no balance", "an account holds no whole number", read);
        else if (sum != answer_.total)
            note(answer_.wrong_total, "wrong total",
                 fmt::format("the sum is {}, {} {} than {}", sum,
                             // As if without sign: the difference may need all bits.
                             sum > answer_.total ? bits(sum) - bits(answer_.total)
                                                 : bits(answer_.total) - bits(sum),
                             sum > answer_.total ? "more" : "less", answer_.total),
                 read);
        if (below && !rules_.negative)
            note(answer_.negative, "negative balance", "an account is below 0", read);
    }
    void meet(std::span<Value const> items) {
        first_.assign(items.begin(), items.end());
        for (std::size_t i = 0; i < items.size(); i += 2) sorted_.push_back(items[i]);
        std::ranges::sort(sorted_, {}, &Value::bits);
        answer_.accounts = sorted_.size();
    }
    /// Nearly always the accounts come in one order.
    void compare_accounts(std::span<Value const> items, std::uint32_t read) {
        bool same = items.size() == first_.size();
        for (std::size_t i = 0; same && i < items.size(); i += 2) same = items[i] == first_[i];
        if (same) return;
        std::vector<Value> accounts;
        for (std::size_t i = 0; i < items.size(); i += 2) accounts.push_back(items[i]);
        std::ranges::sort(accounts, {}, &Value::bits);
        std::vector<Value> differing;
        std::ranges::set_difference(accounts, sorted_, std::back_inserter(differing), {},
                                    &Value::bits, &Value::bits);
        if (!differing.empty())
            note(answer_.unexpected_account, "unexpected account",
                 "account " + history_->show(differing.front()) + " is not of the bank", read);
        differing.clear();
        std::ranges::set_difference(sorted_, accounts, std::back_inserter(differing), {},
                                    &Value::bits, &Value::bits);
        if (!differing.empty())
            note(answer_.missing_account, "missing account",
                 "account " + history_->show(differing.front()) + " is missing", read);
    }
    void note(std::uint64_t& count, std::string_view kind, std::string_view sentence,
              std::uint32_t read) {
        if (count++ >= shown) return;
        answer_.found.push_back(
            {.kind = std::string(kind), .sentence = std::string(sentence), .proof = {read}});
    }

    History const* history_;
    BankRules rules_;
    BankAnswer answer_;
    std::vector<Value> first_;
    std::vector<Value> sorted_;
};

}  // namespace

BankAnswer check_bank(History const& history, BankRules const& rules) {
    return Bank(history, rules).run();
}

}  // namespace interregnum::checkers
