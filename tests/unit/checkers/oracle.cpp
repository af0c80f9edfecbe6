// SPDX-License-Identifier: MIT
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "tests/unit/checkers/made.h"

namespace interregnum::test {
namespace {

using Kind = RegisterOp::Kind;

/// The state is kept as text so that appends are what they say.
std::string text_of(Value value, checkers::Texts const& texts) {
    if (value.kind() == Value::Kind::text) return texts.at(value.index()).substr(1);
    return "#" + std::to_string(value.bits());
}

class AllOrders {
public:
    AllOrders(std::vector<RegisterOp> const& ops, checkers::Texts const& texts)
        : ops_(ops), texts_(&texts) {}

    bool possible(std::uint64_t done, std::string const& state) {
        if (complete(done)) return true;
        if (!seen_.emplace(done, state).second) return false;
        for (std::size_t i = 0; i < ops_.size(); ++i) {
            if (((done >> i) & 1U) != 0 || !may_be_next(done, i)) continue;
            auto const next = after(ops_[i], state);
            if (next && possible(done | (std::uint64_t{1} << i), *next)) return true;
        }
        return false;
    }

private:
    [[nodiscard]] bool complete(std::uint64_t done) const {
        for (std::size_t i = 0; i < ops_.size(); ++i)
            if (ops_[i].completed != checkers::never && ((done >> i) & 1U) == 0) return false;
        return true;
    }
    /// No other operation that is still to come had ended before this one began.
    [[nodiscard]] bool may_be_next(std::uint64_t done, std::size_t index) const {
        for (std::size_t i = 0; i < ops_.size(); ++i)
            if (i != index && ((done >> i) & 1U) == 0 && ops_[i].completed < ops_[index].invoked)
                return false;
        return true;
    }
    [[nodiscard]] std::optional<std::string> after(RegisterOp const& op,
                                                   std::string const& state) const {
        std::string const value = text_of(op.value, *texts_);
        switch (op.kind) {
            case Kind::read:
                return state == value ? std::optional(state) : std::nullopt;
            case Kind::refused:
                return state != value ? std::optional(state) : std::nullopt;
            case Kind::write:
                return value;
            case Kind::cas:
                return state == value ? std::optional(text_of(op.other, *texts_)) : std::nullopt;
            case Kind::append:
                return state + value;
        }
        return std::nullopt;
    }

    std::vector<RegisterOp> const& ops_;
    checkers::Texts const* texts_;
    std::set<std::pair<std::uint64_t, std::string>> seen_;
};

}  // namespace

bool by_all_orders(std::vector<RegisterOp> const& ops, Value initial,
                   checkers::Texts const& texts) {
    return AllOrders(ops, texts).possible(0, text_of(initial, texts));
}

std::vector<RegisterOp> register_ops(History const& history) {
    std::vector<RegisterOp> ops;
    for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
        Operation const& operation = history.operations[i];
        bool const ok = operation.outcome == Outcome::ok;
        if (operation.outcome == Outcome::failed || (operation.action == Action::read && !ok))
            continue;
        Kind const kind = operation.action == Action::read    ? Kind::read
                          : operation.action == Action::write ? Kind::write
                          : operation.action == Action::cas   ? Kind::cas
                                                              : Kind::append;
        ops.push_back({.value = operation.value,
                       .other = operation.other,
                       .invoked = operation.invoked,
                       .completed = ok ? operation.completed : checkers::never,
                       .id = i,
                       .kind = kind});
    }
    return ops;
}

}  // namespace interregnum::test
