// SPDX-License-Identifier: MIT
// Histories of things that work, which no checker may reject, and the same ones broken in ways that
// make them invalid by construction, which each checker must find.
#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "reports/checkers/bank.h"
#include "reports/checkers/counter.h"
#include "reports/checkers/linearizable.h"
#include "reports/checkers/sessions.h"
#include "reports/checkers/set_full.h"
#include "tests/unit/checkers/made.h"

namespace interregnum::test {
namespace {

using namespace checkers;

bool thorough() { return std::getenv("INTERREGNUM_THOROUGH") != nullptr; }

using Judge = std::function<HistoryVerdict(History const&)>;
/// Breaks a history; false: this one has no place where it could.
using Break = std::function<bool(History&, Dice&)>;

bool ok(Operation const& operation, Action action) {
    return operation.action == action && operation.outcome == Outcome::ok;
}

/// Two operations that are what is asked for, at random; nothing when there are none.
std::optional<std::pair<std::size_t, std::size_t>> pick(
    History const& history, Dice& dice,
    std::function<bool(Operation const&, Operation const&)> const& wanted) {
    auto const count = static_cast<std::uint32_t>(history.operations.size());
    for (int attempt = 0; attempt < 20'000; ++attempt) {
        std::size_t const one = dice(count);
        std::size_t const other = dice(count);
        if (wanted(history.operations[one], history.operations[other])) return {{one, other}};
    }
    return std::nullopt;
}

bool before(Operation const& one, Operation const& other) { return one.completed < other.invoked; }

Operation const* writer(History const& history, Operation const& read) {
    for (Operation const& operation : history.operations)
        if (operation.action == Action::write && operation.key == read.key &&
            operation.value == read.value)
            return &operation;
    return nullptr;
}

struct Kind {
    History (*make)(Making const&);
    Judge judge;
    std::map<std::string, Break> breaks;
    /// Many appends at once have many orders, of which only reads tell which it was.
    std::uint32_t most_clients{25};
    std::uint32_t most_unknown{10};
};

void try_all(Kind const& kind) {
    std::map<std::string, int> found;
    int valid = 0;
    int const rounds = thorough() ? 200 : 6;
    for (std::uint32_t const clients : {1U, 2U, 5U, 10U, 25U})
        for (std::uint32_t const unknown : {0U, 10U})
            for (int round = 0;
                 round < rounds && clients <= kind.most_clients && unknown <= kind.most_unknown;
                 ++round) {
                Making const making{.clients = clients,
                                    .keys = 3,
                                    .operations = 150,
                                    .unknown_percent = unknown,
                                    .failed_percent = 5,
                                    .seed = static_cast<std::uint64_t>(round) * 1000 + clients};
                History const good = kind.make(making);
                ASSERT_EQ(kind.judge(good), HistoryVerdict::valid)
                    << clients << " clients, " << unknown << " % unknown, seed " << making.seed;
                ++valid;
                for (auto const& [name, breaks] : kind.breaks) {
                    History bad = good;
                    Dice dice(making.seed + 7);
                    if (!breaks(bad, dice)) continue;
                    ASSERT_EQ(kind.judge(bad), HistoryVerdict::invalid)
                        << name << ": " << clients << " clients, " << unknown << " % unknown, seed "
                        << making.seed;
                    ++found[name];
                }
            }
    fmt::print("{} valid, none rejected", valid);
    for (auto const& [name, breaks] : kind.breaks) {
        EXPECT_GE(found[name], rounds) << name << " was hardly ever possible";
        fmt::print("; {} {}", found[name], name);
    }
    fmt::print(": all found\n");
}

Judge linearizable(std::optional<std::int64_t> initial, bool text = false) {
    return [initial, text](History const& history) {
        RegisterRules rules;
        if (initial) rules.initial = number(*initial);
        History copy = history;
        if (text) rules.initial = Value::text(copy.texts.index("\""));
        static SteadyClock const clock;
        return check_linearizable(copy, rules,
                                  {.clock = &clock,
                                   .deadline = clock.now() + std::chrono::seconds(20),
                                   .progress = {}})
            .verdict;
    };
}

bool stale_read(History& history, Dice& dice) {
    // write u, write w, read: one after the other; the read then shows u.
    auto const pair = pick(history, dice, [&](Operation const& write, Operation const& read) {
        return ok(write, Action::write) && ok(read, Action::read) && write.key == read.key &&
               std::ranges::any_of(history.operations, [&](Operation const& between) {
                   return ok(between, Action::write) && between.key == read.key &&
                          before(write, between) && before(between, read);
               });
    });
    if (pair) history.operations[pair->second].value = history.operations[pair->first].value;
    return pair.has_value();
}

bool swapped_reads(History& history, Dice& dice) {
    auto const pair = pick(history, dice, [&](Operation const& one, Operation const& other) {
        if (!ok(one, Action::read) || !ok(other, Action::read) || one.key != other.key ||
            !before(one, other))
            return false;
        Operation const* const first = writer(history, one);
        Operation const* const second = writer(history, other);
        return first != nullptr && second != nullptr && before(*first, *second) &&
               first->outcome == Outcome::ok;
    });
    if (pair)
        std::swap(history.operations[pair->first].value, history.operations[pair->second].value);
    return pair.has_value();
}

bool future_read(History& history, Dice& dice) {
    auto const pair = pick(history, dice, [](Operation const& read, Operation const& write) {
        return ok(read, Action::read) && write.action == Action::write && read.key == write.key &&
               before(read, write);
    });
    if (pair) history.operations[pair->first].value = history.operations[pair->second].value;
    return pair.has_value();
}

bool invented_read(History& history, Dice& dice) {
    auto const pair = pick(history, dice, [](Operation const& read, Operation const&) {
        return ok(read, Action::read);
    });
    if (pair) history.operations[pair->first].value = number(777'777);
    return pair.has_value();
}

bool aborted_read(History& history, Dice& dice) {
    auto const pair = pick(history, dice, [](Operation const& read, Operation const& write) {
        return ok(read, Action::read) && ok(write, Action::write) && read.key == write.key &&
               read.value == write.value;
    });
    if (pair) history.operations[pair->second].outcome = Outcome::failed;
    return pair.has_value();
}

/// Two writes of values that nobody else has, and the first is read after the second.
bool lost_write(History& history, Dice& dice) {
    Operation write{
        .key = number(0), .value = number(900), .action = Action::write, .outcome = Outcome::ok};
    Operation second = write;
    second.value = number(901);
    Operation read = write;
    read.action = Action::read;
    insert(history, dice(history.lines), {write, second, read});
    return true;
}

TEST(Mutation, UniqueRegisters) {
    try_all({unique_register,
             linearizable({}),
             {{"stale", stale_read},
              {"swapped", swapped_reads},
              {"from the future", future_read},
              {"invented", invented_read},
              {"aborted", aborted_read},
              {"lost write", lost_write}}});
}

TEST(Mutation, CasRegisters) {
    try_all(
        {cas_register, linearizable(0), {{"invented", invented_read}, {"lost write", lost_write}}});
}

/// A get that has at least two pieces, changed.
Break changed_text(std::function<std::string(std::vector<std::string>)> const& change,
                   std::size_t least) {
    return [change, least](History& history, Dice& dice) {
        std::vector<std::string> pieces;
        auto const pair = pick(history, dice, [&](Operation const& read, Operation const&) {
            if (!ok(read, Action::read)) return false;
            pieces.clear();
            std::string const& text = history.texts.at(read.value.index());
            for (std::size_t at = 1; at < text.size();) {
                std::size_t const end = text.find('>', at) + 1;
                pieces.push_back(text.substr(at, end - at));
                at = end;
            }
            return pieces.size() >= least;
        });
        if (!pair) return false;
        history.operations[pair->first].value =
            Value::text(history.texts.index('"' + change(pieces)));
        return true;
    };
}

std::string joined(std::vector<std::string> const& pieces) {
    std::string text;
    for (std::string const& piece : pieces) text += piece;
    return text;
}

TEST(Mutation, MapsWithAppends) {
    auto const doubled = [](std::vector<std::string> pieces) {
        pieces.push_back(pieces.back());
        return joined(pieces);
    };
    auto const invented = [](std::vector<std::string> pieces) {
        pieces.emplace_back("<x>");
        return joined(pieces);
    };
    auto const alien = [](std::vector<std::string> const& pieces) {
        return joined(pieces).substr(1);
    };
    try_all({append_map,
             linearizable({}, true),
             {{"doubled", changed_text(doubled, 1)},
              {"invented", changed_text(invented, 1)},
              {"cut", changed_text(alien, 1)}},
             25,
             10});
}

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
