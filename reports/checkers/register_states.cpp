// SPDX-License-Identifier: MIT
#include "reports/checkers/register_states.h"

#include <algorithm>
#include <string>

namespace interregnum::checkers {
namespace {

/// Texts of the table have a quote before their content; other values cannot be appended to, and
/// get a text that no string begins with.
std::string content(Value value, Texts const& texts) {
    if (value.kind() == Value::Kind::text && texts.at(value.index()).starts_with('"'))
        return texts.at(value.index()).substr(1);
    return std::string(1, '\0') + std::to_string(value.bits());
}

}  // namespace

RegisterStates::RegisterStates(std::span<RegisterOp const> ops, Value initial, Texts const& texts) {
    appends_ = std::ranges::any_of(
        ops, [](RegisterOp const& op) { return op.kind == RegisterOp::Kind::append; });
    auto const take = [&](Value value) {
        auto const [at, added] = known_.emplace(value, next_);
        if (!added) return;
        if (appends_)
            at->second = state_of(content(value, texts));
        else
            ++next_;
    };
    take(initial);
    for (RegisterOp const& op : ops) {
        take(op.value);
        if (op.kind == RegisterOp::Kind::cas) take(op.other);
    }
}

std::uint32_t RegisterStates::state_of(std::string text) {
    auto const index = static_cast<std::uint32_t>(grown_.index(text));
    if (index == next_) {
        ++next_;
        bytes_ += text.size() + 64;
    }
    return index;
}

std::uint32_t RegisterStates::appended(std::uint32_t state, std::uint32_t piece) {
    std::uint64_t const both = (std::uint64_t{state} << 32U) | piece;
    if (auto const found = after_.find(both); found != after_.end()) return found->second;
    std::uint32_t const next = state_of(grown_.at(state) + grown_.at(piece));
    after_.emplace(both, next);
    bytes_ += 32;
    return next;
}

bool RegisterStates::can_grow_to(std::uint32_t from, std::uint32_t to) const {
    return grown_.at(to).starts_with(grown_.at(from));
}

}  // namespace interregnum::checkers
