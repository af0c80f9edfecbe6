// SPDX-License-Identifier: MIT
#include "reports/checkers/register_states.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace interregnum::checkers {
namespace {

using Kind = RegisterOp::Kind;

/// Texts of the table have a quote before their content; other values cannot be appended to, and
/// get a text that no string begins with.
std::string content(Value value, Texts const& texts) {
    if (value.kind() == Value::Kind::text && texts.at(value.index()).starts_with('"'))
        return texts.at(value.index()).substr(1);
    return std::string(1, '\0') + std::to_string(value.bits());
}

}  // namespace

RegisterStates::RegisterStates(std::span<RegisterOp const> ops, Value initial, Texts const& texts) {
    appends_ =
        std::ranges::any_of(ops, [](RegisterOp const& op) { return op.kind == Kind::append; });
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
        if (op.kind == Kind::cas) take(op.other);
    }
    if (!appends_) return;
    want(ops);
    for (std::uint32_t state = 0; state < next_; ++state)
        wanted_until_[state] = wanted_until(grown_.at(state));
}

void RegisterStates::want(std::span<RegisterOp const> ops) {
    std::vector<std::pair<std::string_view, std::uint32_t>> all;
    for (RegisterOp const& op : ops)
        if (op.kind == Kind::read || op.kind == Kind::cas || op.kind == Kind::refused)
            all.emplace_back(grown_.at(of(op.value)), op.completed);
    std::ranges::sort(all);
    wanted_.latest.emplace_back();
    for (auto const& [text, until] : all) {
        wanted_.texts.push_back(text);
        wanted_.latest[0].push_back(until);
    }
    for (std::size_t span = 1; 2 * span <= all.size(); span *= 2) {
        std::vector<std::uint32_t> const& half = wanted_.latest.back();
        std::vector<std::uint32_t> whole;
        for (std::size_t i = 0; i + 2 * span <= all.size(); ++i)
            whole.push_back(std::max(half[i], half[i + span]));
        wanted_.latest.push_back(std::move(whole));
    }
}

std::uint32_t RegisterStates::wanted_until(std::string_view text) const {
    auto const cut = [text](std::string_view whole) { return whole.substr(0, text.size()); };
    auto const found = std::ranges::equal_range(wanted_.texts, text, {}, cut);
    if (found.empty()) return 0;
    auto const level = static_cast<std::size_t>(std::bit_width(found.size()) - 1);
    auto const first = static_cast<std::size_t>(found.begin() - wanted_.texts.begin());
    std::vector<std::uint32_t> const& latest = wanted_.latest[level];
    return std::max(latest[first], latest[first + found.size() - (std::size_t{1} << level)]);
}

std::uint32_t RegisterStates::state_of(std::string_view text) {
    auto const index = static_cast<std::uint32_t>(grown_.index(text));
    if (index == next_) {
        ++next_;
        bytes_ += text.size() + 64;
        wanted_until_.push_back(0);
    }
    return index;
}

std::uint32_t RegisterStates::appended(std::uint32_t state, std::uint32_t piece,
                                       std::uint32_t now) {
    if (state == unseen) return unseen;
    std::uint64_t const both = (std::uint64_t{state} << 32U) | piece;
    if (auto const found = after_.find(both); found != after_.end()) return at(found->second, now);
    draft_ = grown_.at(state);
    draft_ += grown_.at(piece);
    std::uint32_t const until = wanted_until(draft_);
    std::uint32_t next = unseen;
    if (until >= now) {  // later it is not wanted, either
        next = state_of(draft_);
        wanted_until_[next] = until;
    }
    after_.emplace(both, next);
    bytes_ += 32;
    return next;
}

bool RegisterStates::can_grow_to(std::uint32_t from, std::uint32_t to) const {
    return from != unseen && grown_.at(to).starts_with(grown_.at(from));
}

}  // namespace interregnum::checkers
