// SPDX-License-Identifier: MIT
// Sets, banks, counters, quotas and sessions that work, and the same ones broken.
#include "tests/unit/checkers/mutation.h"

#include <algorithm>

#include "reports/checkers/bank.h"
#include "reports/checkers/counter.h"
#include "reports/checkers/quota.h"
#include "reports/checkers/sessions.h"
#include "reports/checkers/set_full.h"

namespace interregnum::test {
namespace {

using namespace checkers;

/// Changes the list of a read.
bool change_list(History& history, Dice& dice, bool last,
                 std::function<bool(std::vector<Value>&, Operation const&)> const& change) {
    auto const pair = pick(history, dice, [&](Operation const& read, Operation const&) {
        return ok(read, Action::read) && !history.lists.at(read.value).empty() &&
               (!last || &read == &history.operations.back());
    });
    if (!pair) return false;
    Operation& read = history.operations[pair->first];
    auto const items = history.lists.at(read.value);
    std::vector<Value> changed(items.begin(), items.end());
    if (!change(changed, read)) return false;
    std::size_t const begun = history.lists.begin();
    for (Value const item : changed) history.lists.push(item);
    std::uint64_t const list = history.lists.end(begun);
    read.value = read.value.kind() == Value::Kind::map ? Value::map(list) : Value::list(list);
    return true;
}

std::map<std::string, Break> set_breaks() {
    return {{"lost",
             [](History& history, Dice& dice) {
                 return change_list(history, dice, true, [&](auto& items, Operation const&) {
                     // One that was acknowledged: the last read began after everything.
                     auto const acked = std::ranges::find_if(items, [&](Value item) {
                         return std::ranges::any_of(history.operations, [&](Operation const& add) {
                             return ok(add, Action::add) && add.value == item;
                         });
                     });
                     if (acked == items.end()) return false;
                     items.erase(acked);
                     return true;
                 });
             }},
            {"duplicated",
             [](History& history, Dice& dice) {
                 return change_list(history, dice, true, [](auto& items, Operation const&) {
                     items.push_back(items.front());
                     return true;
                 });
             }},
            {"invented",
             [](History& history, Dice& dice) {
                 return change_list(history, dice, true, [](auto& items, Operation const&) {
                     items.push_back(number(777'777));
                     return true;
                 });
             }},
            {"failed but there", [](History& history, Dice& dice) {
                 return change_list(history, dice, true, [&](auto& items, Operation const&) {
                     auto const failed =
                         std::ranges::find_if(history.operations, [](Operation const& add) {
                             return add.action == Action::add && add.outcome == Outcome::failed;
                         });
                     if (failed == history.operations.end()) return false;
                     items.push_back(failed->value);
                     return true;
                 });
             }}};
}

TEST(Mutation, SetsReadAtTheEnd) {
    try_all({set_history, [](History const& history) { return check_set(history).verdict; },
             set_breaks()});
}
TEST(Mutation, SetsReadAtAnyTime) {
    try_all({set_history, [](History const& history) { return check_set_full(history).verdict; },
             set_breaks()});
}

TEST(Mutation, Banks) {
    auto const change = [](std::size_t place, std::function<void(Value&)> const& to) {
        return [place, to](History& history, Dice& dice) {
            return change_list(history, dice, false, [&](auto& items, Operation const&) {
                to(items[place]);
                return true;
            });
        };
    };
    try_all({bank_history,
             [](History const& history) { return check_bank(history, {.total = 300}).verdict; },
             {{"one more", change(1, [](Value& value) { value = number(value.number() + 1); })},
              {"nil", change(3, [](Value& value) { value = Value(); })},
              {"other account", change(0, [](Value& value) { value = number(99); })},
              {"negative", [](History& history, Dice& dice) {
                   return change_list(history, dice, false, [](auto& items, Operation const&) {
                       items[1] = number(-1 - items[5].number());
                       items[3] = number(301);
                       return true;
                   });
               }}}});
}

TEST(Mutation, Counters) {
    auto const beyond = [](std::int64_t by) {
        return [by](History& history, Dice& dice) {
            auto const pair = pick(history, dice, [](Operation const& read, Operation const&) {
                return ok(read, Action::read);
            });
            if (pair) history.operations[pair->first].value = number(by);
            return pair.has_value();
        };
    };
    try_all({counter_history,
             [](History const& history) { return check_counter(history).verdict; },
             {{"too much", beyond(100'000)}, {"too little", beyond(-100'000)}}});
}

TEST(Mutation, Quotas) {
    constexpr std::int64_t quota = 20;
    auto const of_first_key = [](Action action, std::int64_t amount) {
        return Operation{
            .key = number(0), .value = number(amount), .action = action, .outcome = Outcome::ok};
    };
    auto const oversold = [&](History& history, Dice& dice) {
        // As many as there are, and one more for each that may have been given back.
        std::int64_t amount = quota + 1;
        for (Operation const& operation : history.operations)
            if (operation.action == Action::cancel && operation.outcome != Outcome::failed)
                amount += operation.value.number();
        insert(
            history, dice(history.lines),
            std::vector<Operation>(static_cast<std::size_t>(amount), of_first_key(Action::buy, 1)));
        return true;
    };
    auto const at = [](std::uint32_t part, Operation const& more) {
        return [part, more](History& history, Dice&) {
            insert(history, part * history.lines, {more});
            return true;
        };
    };
    Operation const refund = of_first_key(Action::cancel, 1);
    auto const refused = [&](History& history, Dice&) {
        Operation buy = of_first_key(Action::buy, 1);
        buy.outcome = Outcome::failed;
        buy.other = Value::text(history.texts.index("\"sold out"));
        insert(history, 0, {buy});
        return true;
    };
    try_all({[](Making const& making) { return quota_history(making, quota, 3); },
             [](History const& history) { return check_quota(history, quota).verdict; },
             {{"oversold", oversold},
              {"given back too early", at(0, refund)},
              {"falsely sold out", refused},
              {"counted too early", at(0, of_first_key(Action::read, 1))},
              {"counted too many", at(1, of_first_key(Action::read, quota + 1))}}});
}

TEST(Mutation, Sessions) {
    auto const one_client = [](Action first, Action then) {
        return [first, then](History& history, Dice& dice) {
            auto const pair = pick(history, dice, [&](Operation const& a, Operation const& b) {
                return ok(a, first) && ok(b, then) && a.process == b.process && a.key == b.key &&
                       before(a, b) && !a.value.is_nil();
            });
            if (pair)
                history.operations[pair->second].value =
                    number(history.operations[pair->first].value.number() - 1);
            return pair.has_value();
        };
    };
    try_all({session_history,
             [](History const& history) { return check_sessions(history).verdict; },
             {{"own write not read", one_client(Action::write, Action::read)},
              {"read went back", one_client(Action::read, Action::read)},
              {"writes out of order", one_client(Action::write, Action::write)},
              {"write before read", one_client(Action::read, Action::write)}}});
}

}  // namespace
}  // namespace interregnum::test
