// SPDX-License-Identifier: MIT
#include "reports/checkers/register_configurations.h"

#include <algorithm>
#include <utility>

#include "reports/checkers/register_needed.h"

namespace interregnum::checkers {

using Kind = RegisterOp::Kind;

RegisterSearch::RegisterSearch(std::span<RegisterOp const> ops, Value initial, Texts const& texts,
                               Budget& budget, std::size_t width)
    : kept_(needed(ops)), states_(ops, initial, texts), budget_(&budget), width_(width) {
    ops_.reserve(kept_.size());
    for (std::uint32_t const place : kept_) {
        RegisterOp const& op = ops[place];
        std::uint32_t const value = states_.of(op.value);
        ops_.push_back({.from = value,
                        .to = op.kind == Kind::cas ? states_.of(op.other) : value,
                        .invoked = op.invoked,
                        .completed = op.completed,
                        .place = place,
                        .kind = op.kind,
                        .slot = 0});
        appends_ = appends_ || op.kind == Kind::append;
        dependent_ = dependent_ || op.kind == Kind::append || op.kind == Kind::cas;
    }
    give_slots();
    now_ = ConfigSet(words_);
    next_ = ConfigSet(words_);
    seen_ = ConfigSet(words_);
    reads_.resize(words_);
    optional_.resize(words_);
    endless_.resize(words_);
    Row start(words_);
    start[0] = std::uint64_t{states_.of(initial)} << 32U;
    now_.add(start);
    for (std::uint32_t i = 0; appends_ && i < ops_.size(); ++i) {
        if (ops_[i].kind == Kind::read) reads_to_come_.push_back(i);
        if (ops_[i].kind == Kind::write) writes_to_come_.push_back(i);
    }
    std::ranges::reverse(reads_to_come_);
    std::ranges::reverse(writes_to_come_);
}

/// A slot is free again when its operation has ended.
void RegisterSearch::give_slots() {
    std::vector<std::uint32_t> by_end(ops_.size());
    for (std::uint32_t i = 0; i < by_end.size(); ++i) by_end[i] = i;
    std::ranges::sort(by_end, {}, [this](std::uint32_t i) { return ops_[i].completed; });
    std::vector<std::uint32_t> free;
    std::uint32_t slots = 0;
    std::size_t ended = 0;
    for (Op& op : ops_) {
        for (; ended < by_end.size() && ops_[by_end[ended]].completed < op.invoked; ++ended)
            free.push_back(ops_[by_end[ended]].slot);
        if (free.empty()) {
            op.slot = slots++;
        } else {
            op.slot = free.back();
            free.pop_back();
        }
    }
    words_ = 1 + (slots + 63) / 64;
}

/// What the value becomes when `op` changes it.
std::uint32_t RegisterSearch::result(Row const& row, Op const& op, std::uint32_t now) {
    return op.kind == Kind::append ? states_.appended(state(row), op.to, now)
                                   : states_.at(op.to, now);
}

/// Lets a change happen, and every pending operation that only looks and now sees what it saw.
void RegisterSearch::take_effect(Row& row, Op const& op, std::uint32_t now) {
    std::uint32_t const after = result(row, op, now);
    std::uint32_t const written = op.kind == Kind::write ? now : last_write(row);
    row[0] = (std::uint64_t{after} << 32U) | written;
    set(row, op);
    for (std::uint32_t const index : pending_) {
        Op const& other = ops_[index];
        if (other.kind == Kind::read ? other.from == after
                                     : other.kind == Kind::refused && other.from != after)
            set(row, other);
    }
}

bool RegisterSearch::begin(std::uint32_t index) {
    Op const& op = ops_[index];
    auto const at = std::ranges::upper_bound(pending_, op.completed, {},
                                             [this](std::uint32_t i) { return ops_[i].completed; });
    pending_.insert(at, index);
    bool const looks = !changes(op.kind);
    (looks ? reads_ : optional_)[1 + op.slot / 64] |= bit(op);
    // What has to happen, and depends on what was there, is not better still to come.
    if ((op.kind == Kind::append || op.kind == Kind::cas) && op.completed != never)
        optional_[1 + op.slot / 64] &= ~bit(op);
    while (!reads_to_come_.empty() && reads_to_come_.back() <= index) reads_to_come_.pop_back();
    while (!writes_to_come_.empty() && writes_to_come_.back() <= index) writes_to_come_.pop_back();
    if (op.completed == never) endless_[1 + op.slot / 64] |= bit(op);
    if (!looks) return true;
    next_.clear();
    Row row(words_);
    for (std::size_t i = 0; i < now_.size(); ++i) {
        row.assign(now_[i].begin(), now_[i].end());
        if ((state(row) == op.from) == (op.kind == Kind::read)) set(row, op);
        next_.add(row);
    }
    std::swap(now_, next_);
    return affordable(now_.size());
}

/// Notes which values pending operations wait for in a configuration.
void RegisterSearch::note_demand(std::span<std::uint64_t const> row) {
    demand_.clear();
    any_change_ = false;
    for (std::uint32_t const index : pending_) {
        Op const& op = ops_[index];
        if (op.kind == Kind::write || op.kind == Kind::append || done(row, op)) continue;
        if (op.kind == Kind::refused)
            any_change_ = any_change_ || op.from == state(row);
        else if (std::ranges::find(demand_, op.from) == demand_.end())
            demand_.push_back(op.from);
    }
}

/// Whether a change of the value is of use to anybody before the operation that makes it ends.
bool RegisterSearch::demanded(Op const& op) const {
    return any_change_ || std::ranges::find(demand_, op.to) != demand_.end();
}

/// With appends: a pending or coming read, before whose end nothing is written anew, shows what the
/// text must begin with.
bool RegisterSearch::hopeless(Row const& row, std::uint32_t now) const {
    if (!appends_) return false;
    for (std::uint32_t const index : pending_)
        if (ops_[index].kind == Kind::write) return false;
    std::uint32_t const next_write =
        writes_to_come_.empty() ? never : ops_[writes_to_come_.back()].invoked;
    auto const against = [&](Op const& read) {
        return read.completed > now && read.completed < next_write &&
               !states_.can_grow_to(state(row), read.from);
    };
    for (std::uint32_t const index : pending_)
        if (Op const& op = ops_[index]; op.kind == Kind::read && !done(row, op) && against(op))
            return true;
    return !reads_to_come_.empty() && against(ops_[reads_to_come_.back()]);
}

/// `ending` has taken effect: it goes, and its slot is free.
void RegisterSearch::leave(Row const& row, Op const& ending) {
    Row left = row;
    std::uint32_t const value = states_.at(state(row), ending.completed + 1);
    left[0] = (std::uint64_t{value} << 32U) | last_write(row);
    unset(left, ending);
    next_.add(left);
}

/// Whether `op`, which need not happen now, should be tried now.
bool RegisterSearch::worth_trying(Row const& row, Op const& op, std::uint32_t now) {
    // One of equal ones: the first, for the others can wait longer.
    std::uint64_t const effect = (std::uint64_t{op.to} << 3U) | static_cast<unsigned>(op.kind);
    if (std::ranges::find(tried_, effect) != tried_.end()) return false;
    tried_.push_back(effect);
    // A write of the value that is there already is the last write again: a cas or an append, which
    // are no writes before which others could go unseen, may need one before it.
    if (op.kind == Kind::write && op.to == state(row)) return dependent_;
    // With appends, what somebody may see later may have to grow from now on. What nobody will see
    // waits, as a write without appends does: at its end the value is unseen still, or there has
    // been a write just before which it goes.
    if (appends_ && op.kind != Kind::cas && result(row, op, now) != RegisterStates::unseen)
        return true;
    if (op.kind == Kind::cas && (appends_ || op.completed != never)) return true;
    // A cas that has to happen may lose the value that it expects.
    return demanded(op);
}

/// Everything that can happen next in a configuration in which `ending` has not happened yet.
void RegisterSearch::expand(Row const& row, Op const& ending) {
    std::uint32_t const now = ending.completed;
    // A write, or an append, unseen just before the last write.
    bool const unseen = ending.kind == Kind::write || ending.kind == Kind::append;
    if (unseen && ending.invoked < last_write(row)) leave(row, ending);
    tried_.clear();
    note_demand(row);
    for (std::uint32_t const index : pending_) {
        Op const& op = ops_[index];
        if (done(row, op) || !changes(op.kind)) continue;
        if (op.kind == Kind::cas && state(row) != op.from) continue;
        bool const worth = worth_trying(row, op, now);
        if (&op != &ending && !worth) continue;
        Row after = row;
        take_effect(after, op, now);
        if (hopeless(after, now)) continue;
        if (done(after, ending))
            leave(after, ending);
        else if (seen_.add(after)) {
            // The ways that spend the least first: a narrow search may not get to the others.
            if (op.completed == never)
                queue_.push_back(std::move(after));
            else
                queue_.push_front(std::move(after));
        }
    }
}

bool RegisterSearch::end(std::uint32_t index) {
    Op const& ending = ops_[index];
    next_.clear();
    seen_.clear();
    for (std::size_t i = 0; i < now_.size(); ++i) {
        Row row(now_[i].begin(), now_[i].end());
        if (done(row, ending)) {
            leave(row, ending);
            if (!affordable()) return false;
            continue;
        }
        std::size_t const before = seen_.size();
        if (seen_.add(row)) queue_.push_back(std::move(row));
        while (!queue_.empty()) {
            if (width_ != unlimited && seen_.size() - before > ways) {
                narrowed_ = true;
                queue_.clear();
                break;
            }
            Row const one = std::move(queue_.front());
            queue_.pop_front();
            expand(one, ending);
            if (!affordable(pending_.size())) return false;
        }
    }
    std::erase(pending_, index);
    reads_[1 + ending.slot / 64] &= ~bit(ending);
    optional_[1 + ending.slot / 64] &= ~bit(ending);
    std::swap(now_, next_);
    // Comparing all pairs of what will be dropped anyway would cost more than the search.
    if (width_ != unlimited) narrow(2 * width_);
    if (!prune()) return false;
    narrow(width_);
    return true;
}

}  // namespace interregnum::checkers
