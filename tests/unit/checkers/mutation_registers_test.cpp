// SPDX-License-Identifier: MIT
// Registers and maps that work, and the same ones broken.
#include <algorithm>

#include "reports/checkers/linearizable.h"
#include "tests/unit/checkers/mutation.h"

namespace interregnum::test {
namespace {

using namespace checkers;

Operation const* writer(History const& history, Operation const& read) {
    for (Operation const& operation : history.operations)
        if (operation.action == Action::write && operation.key == read.key &&
            operation.value == read.value)
            return &operation;
    return nullptr;
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
              {"cut", changed_text(alien, 1)}}});
}

}  // namespace
}  // namespace interregnum::test
