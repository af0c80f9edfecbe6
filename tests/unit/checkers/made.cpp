// SPDX-License-Identifier: MIT
#include "tests/unit/checkers/made.h"

#include <algorithm>
#include <functional>
#include <optional>

namespace interregnum::test {
namespace {

using checkers::never;

/// What a thing does when an operation takes effect; it fills in what the operation is answered.
/// False: it did not happen, and the client is told so.
using Effect = std::function<bool(Operation&)>;
/// What the client of a number does next.
using Next = std::function<Operation(std::uint32_t client)>;

/// Clients that begin, take effect and end in a random order.
class Play {
public:
    Play(Making const& making, Dice& dice)
        : making_(making), dice_(&dice), clients_(making.clients) {}

    void run(History& history, Next const& next, Effect const& effect) {
        std::uint32_t begun = 0;
        std::uint32_t busy = 0;
        while (begun < making_.operations || busy > 0) {
            std::uint32_t const number = (*dice_)(making_.clients);
            Client& client = clients_[number];
            if (!client.operation) {
                if (begun == making_.operations) continue;
                begin(history, client, next(number));
                ++begun;
                ++busy;
                continue;
            }
            if (step(history, client, effect)) --busy;
        }
        history.lines = line_;
        history.processes = processes_;
    }

private:
    struct Client {
        std::optional<std::uint32_t> operation;
        std::optional<std::uint32_t> process;
        bool happened{};
        bool silent{};     ///< its answer will be lost
        bool forgotten{};  ///< ... and it does not happen
    };
    void begin(History& history, Client& client, Operation operation) {
        if (!client.process) client.process = processes_++;
        client.operation = static_cast<std::uint32_t>(history.operations.size());
        client.happened = false;
        client.silent = dice_->chance(making_.unknown_percent);
        client.forgotten = client.silent && dice_->chance(50);
        operation.invoked = ++line_;
        operation.process = *client.process;
        history.operations.push_back(operation);
    }
    /// Whether the operation is over.
    bool step(History& history, Client& client, Effect const& effect) {
        Operation& operation = history.operations[*client.operation];
        bool const changes = operation.action != Action::read;
        if (!client.happened) {
            client.happened = true;
            if (client.forgotten) return false;
            bool const refused = changes && !client.silent && dice_->chance(making_.failed_percent);
            operation.outcome = !refused && effect(operation) ? Outcome::ok : Outcome::failed;
            return false;
        }
        client.operation.reset();
        if (!client.silent) {
            operation.completed = ++line_;
            return true;
        }
        operation.outcome = Outcome::unknown;
        if (operation.action == Action::read) operation.value = Value();
        if (dice_->chance(50)) ++line_;  // an `info` line, or nothing
        client.process.reset();
        return true;
    }

    Making making_;
    Dice* dice_;
    std::vector<Client> clients_;
    std::uint32_t line_{0};
    std::uint32_t processes_{0};
};

Operation read_of(Value key) { return {.key = key, .action = Action::read}; }

}  // namespace

History unique_register(Making const& making) {
    History history;
    Dice dice(making.seed);
    std::vector<Value> now(making.keys);
    std::int64_t written = 0;
    Play(making, dice)
        .run(
            history,
            [&](std::uint32_t) {
                Value const key = number(dice(making.keys));
                if (dice.chance(50)) return read_of(key);
                return Operation{.key = key, .value = number(++written), .action = Action::write};
            },
            [&](Operation& operation) {
                Value& value = now[static_cast<std::size_t>(operation.key.number())];
                (operation.action == Action::read ? operation.value : value) =
                    operation.action == Action::read ? value : operation.value;
                return true;
            });
    return history;
}

History cas_register(Making const& making) {
    History history;
    Dice dice(making.seed);
    std::vector<Value> now(making.keys, number(0));
    Play(making, dice)
        .run(
            history,
            [&](std::uint32_t) {
                Value const key = number(dice(making.keys));
                switch (dice(3)) {
                    case 0:
                        return read_of(key);
                    case 1:
                        return Operation{
                            .key = key, .value = number(dice(5)), .action = Action::write};
                    default:
                        return Operation{.key = key,
                                         .value = number(dice(5)),
                                         .other = number(dice(5)),
                                         .action = Action::cas};
                }
            },
            [&](Operation& operation) {
                Value& value = now[static_cast<std::size_t>(operation.key.number())];
                if (operation.action == Action::read) operation.value = value;
                if (operation.action == Action::write) value = operation.value;
                if (operation.action != Action::cas) return true;
                if (value != operation.value) return false;
                value = operation.other;
                return true;
            });
    return history;
}

History append_map(Making const& making) {
    History history;
    Dice dice(making.seed);
    std::vector<std::string> now(making.keys);
    std::uint32_t pieces = 0;
    auto const text = [&](std::string const& content) {
        return Value::text(history.texts.index('"' + content));
    };
    Play(making, dice)
        .run(
            history,
            [&](std::uint32_t) {
                Value const key = number(dice(making.keys));
                std::uint32_t const draw = dice(100);
                if (draw < 45) return read_of(key);
                return Operation{.key = key,
                                 .value = text("<" + std::to_string(++pieces) + ">"),
                                 .action = draw < 50 ? Action::write : Action::append};
            },
            [&](Operation& operation) {
                std::string& value = now[static_cast<std::size_t>(operation.key.number())];
                if (operation.action == Action::read) {
                    operation.value = text(value);
                    return true;
                }
                std::string const piece = history.texts.at(operation.value.index()).substr(1);
                value = operation.action == Action::write ? piece : value + piece;
                return true;
            });
    return history;
}

History set_history(Making const& making) {
    History history;
    Dice dice(making.seed);
    std::vector<Value> now;
    std::int64_t added = 0;
    auto const effect = [&](Operation& operation) {
        if (operation.action == Action::add) {
            now.push_back(operation.value);
            return true;
        }
        std::size_t const begun = history.lists.begin();
        for (Value const item : now) history.lists.push(item);
        operation.value = Value::list(history.lists.end(begun));
        return true;
    };
    Play(making, dice)
        .run(
            history,
            [&](std::uint32_t) {
                if (dice.chance(20)) return read_of({});
                return Operation{.value = number(added++), .action = Action::add};
            },
            effect);
    Operation last = read_of({});
    effect(last);
    last.outcome = Outcome::ok;
    insert(history, history.lines, {last});
    return history;
}

History bank_history(Making const& making) {
    History history;
    Dice dice(making.seed);
    std::vector<std::int64_t> now(making.keys, 100);
    Play(making, dice)
        .run(
            history,
            [&](std::uint32_t) {
                return Operation{.action = dice.chance(50) ? Action::read : Action::transfer};
            },
            [&](Operation& operation) {
                if (operation.action == Action::transfer) {
                    std::int64_t& from = now[dice(making.keys)];
                    std::int64_t const amount = std::min<std::int64_t>(dice(20), from);
                    from -= amount;
                    now[dice(making.keys)] += amount;
                    return true;
                }
                std::size_t const begun = history.lists.begin();
                for (std::uint32_t i = 0; i < making.keys; ++i) {
                    history.lists.push(number(i));
                    history.lists.push(number(now[i]));
                }
                operation.value = Value::map(history.lists.end(begun));
                return true;
            });
    return history;
}

History counter_history(Making const& making) {
    History history;
    Dice dice(making.seed);
    std::int64_t now = 0;
    Play(making, dice)
        .run(
            history,
            [&](std::uint32_t) {
                if (dice.chance(50)) return read_of({});
                return Operation{.value = number(std::int64_t{dice(8)} - 2), .action = Action::add};
            },
            [&](Operation& operation) {
                if (operation.action == Action::read)
                    operation.value = number(now);
                else
                    now += operation.value.number();
                return true;
            });
    return history;
}

History session_history(Making const& making) {
    History history;
    Dice dice(making.seed);
    std::vector<std::int64_t> now(making.keys);
    Play(making, dice)
        .run(
            history,
            [&](std::uint32_t) {
                Value const key = number(dice(making.keys));
                if (dice.chance(50)) return read_of(key);
                return Operation{.key = key, .action = Action::write};
            },
            [&](Operation& operation) {
                std::int64_t& version = now[static_cast<std::size_t>(operation.key.number())];
                if (operation.action == Action::write) ++version;
                operation.value = version == 0 ? Value() : number(version);
                return true;
            });
    return history;
}

History quota_history(Making const& making, std::int64_t quota, std::int64_t most_at_once) {
    History history;
    Dice dice(making.seed);
    std::vector<std::int64_t> sold(making.keys);
    Value const reason = Value::text(history.texts.index("\"sold out"));
    auto const most = static_cast<std::uint32_t>(most_at_once);
    Play(making, dice)
        .run(
            history,
            [&](std::uint32_t) {
                Value const key = number(dice(making.keys));
                std::uint32_t const draw = dice(100);
                if (draw < 20) return read_of(key);
                return Operation{.key = key,
                                 .value = number(1 + std::int64_t{dice(most)}),
                                 .action = draw < 40 ? Action::cancel : Action::buy};
            },
            [&](Operation& operation) {
                std::int64_t& count = sold[static_cast<std::size_t>(operation.key.number())];
                if (operation.action == Action::read) {
                    operation.value = number(count);
                    return true;
                }
                std::int64_t const amount = operation.value.number();
                bool const buys = operation.action == Action::buy;
                if (buys && count + amount > quota) operation.other = reason;
                if (buys ? count + amount > quota : count < amount) return false;
                count += buys ? amount : -amount;
                return true;
            });
    return history;
}

void insert(History& history, std::uint32_t after_line, std::vector<Operation> more) {
    auto const by = static_cast<std::uint32_t>(2 * more.size());
    auto const moved = [&](std::uint32_t& line) {
        if (line != never && line > after_line) line += by;
    };
    for (Operation& operation : history.operations) {
        moved(operation.invoked);
        moved(operation.completed);
    }
    std::uint32_t line = after_line;
    for (Operation& operation : more) {
        operation.invoked = ++line;
        operation.completed = ++line;
        operation.process = history.processes;
        history.operations.push_back(operation);
    }
    ++history.processes;
    history.lines += by;
    std::ranges::sort(history.operations, {}, &Operation::invoked);
}

}  // namespace interregnum::test
