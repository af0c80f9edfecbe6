// SPDX-License-Identifier: MIT
#include "reports/checkers/register_search.h"

#include <algorithm>
#include <unordered_map>

#include "reports/checkers/config_set.h"
#include "reports/checkers/register_states.h"

namespace interregnum::checkers {
namespace {

using Kind = RegisterOp::Kind;

/// An operation as the search needs it.
struct Op {
    std::uint32_t from;  ///< what is read, expected, refused
    std::uint32_t to;    ///< what it becomes; of an append the piece
    std::uint32_t invoked;
    std::uint32_t completed;
    std::uint32_t place;  ///< in the caller's list
    Kind kind;
    std::uint32_t slot;
};

bool changes(Kind kind) { return kind == Kind::write || kind == Kind::cas || kind == Kind::append; }

/// Without what may have happened and is not needed by anybody.
std::vector<std::uint32_t> needed(std::span<RegisterOp const> ops) {
    std::vector<std::uint32_t> kept(ops.size());
    for (std::uint32_t i = 0; i < ops.size(); ++i) kept[i] = i;
    // These see more than equality: any change may be what they need.
    bool const delicate = std::ranges::any_of(ops, [](RegisterOp const& op) {
        return op.kind == Kind::refused || op.kind == Kind::append;
    });
    if (delicate) return kept;
    // One that is left out may have been all that wanted the value of another.
    std::unordered_map<Value, std::uint32_t> wanted;
    std::unordered_map<Value, std::vector<std::uint32_t>> makers;
    auto const made = [&](std::uint32_t i) {
        return ops[i].kind == Kind::cas ? ops[i].other : ops[i].value;
    };
    for (std::uint32_t i = 0; i < ops.size(); ++i) {
        if (ops[i].kind != Kind::write) ++wanted[ops[i].value];
        if (ops[i].completed == never && changes(ops[i].kind)) makers[made(i)].push_back(i);
    }
    std::vector<bool> gone(ops.size());
    std::vector<Value> useless;
    for (auto const& [value, those] : makers)
        if (!wanted.contains(value)) useless.push_back(value);
    while (!useless.empty()) {
        Value const value = useless.back();
        useless.pop_back();
        for (std::uint32_t const i : makers[value]) {
            gone[i] = true;
            if (ops[i].kind == Kind::cas && --wanted[ops[i].value] == 0 &&
                makers.contains(ops[i].value))
                useless.push_back(ops[i].value);
        }
    }
    std::erase_if(kept, [&](std::uint32_t i) { return gone[i]; });
    return kept;
}

/// A configuration: a word with value and last write, then a bit a slot: it has taken effect.
class Search {
public:
    Search(std::span<RegisterOp const> ops, Value initial, Texts const& texts, Budget& budget);
    SearchAnswer run();

private:
    using Row = std::vector<std::uint64_t>;
    static std::uint32_t state(std::span<std::uint64_t const> row) {
        return static_cast<std::uint32_t>(row[0] >> 32U);
    }
    static std::uint32_t last_write(std::span<std::uint64_t const> row) {
        return static_cast<std::uint32_t>(row[0]);
    }
    static bool done(std::span<std::uint64_t const> row, Op const& op) {
        return ((row[1 + op.slot / 64] >> (op.slot % 64)) & 1U) != 0;
    }
    static void set(Row& row, Op const& op) { row[1 + op.slot / 64] |= bit(op); }
    static void unset(Row& row, Op const& op) { row[1 + op.slot / 64] &= ~bit(op); }
    static std::uint64_t bit(Op const& op) { return std::uint64_t{1} << (op.slot % 64); }

    void give_slots();
    bool begin(std::uint32_t index);
    bool end(std::uint32_t index);
    void leave(Row const& row, Op const& ending);
    [[nodiscard]] std::uint32_t result(Row const& row, Op const& op, std::uint32_t now);
    void expand(Row const& row, Op const& ending);
    [[nodiscard]] bool worth_trying(Row const& row, Op const& op, std::uint32_t now);
    [[nodiscard]] bool demanded(Row const& row, Op const& op) const;
    void take_effect(Row& row, Op const& op, std::uint32_t now);
    [[nodiscard]] bool hopeless(Row const& row, std::uint32_t now) const;
    bool prune();
    [[nodiscard]] bool covers(std::span<std::uint64_t const> one,
                              std::span<std::uint64_t const> other) const;
    /// After `steps` more; false: there is no more to spend.
    bool affordable(std::size_t steps = 1) {
        std::size_t const stack =
            stack_.size() * (sizeof(Row) + (words_ + 2) * sizeof(Row::value_type));
        return budget_->spend(
            now_.bytes() + next_.bytes() + seen_.bytes() + states_.bytes() + stack, steps);
    }

    std::vector<std::uint32_t> kept_;
    RegisterStates states_;
    std::vector<Op> ops_;
    bool appends_{false};
    bool dependent_{false};  ///< some changes depend on what was there
    std::size_t words_{1};
    Budget* budget_;
    ConfigSet now_{1}, next_{1}, seen_{1};
    std::vector<std::uint32_t>
        pending_;           ///< operations that have begun; those that end first first
    Row reads_, optional_;  ///< slots, for `covers`
    std::vector<std::uint32_t> reads_to_come_;  ///< with appends: by their begin, the next one last
    std::vector<std::uint32_t> writes_to_come_;
    std::vector<std::uint64_t> tried_;  ///< effects, in one expansion
    std::vector<Row> stack_;
};

Search::Search(std::span<RegisterOp const> ops, Value initial, Texts const& texts, Budget& budget)
    : kept_(needed(ops)), states_(ops, initial, texts), budget_(&budget) {
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
void Search::give_slots() {
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
std::uint32_t Search::result(Row const& row, Op const& op, std::uint32_t now) {
    return op.kind == Kind::append ? states_.appended(state(row), op.to, now)
                                   : states_.at(op.to, now);
}

/// Lets a change happen, and every pending operation that only looks and now sees what it saw.
void Search::take_effect(Row& row, Op const& op, std::uint32_t now) {
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

bool Search::begin(std::uint32_t index) {
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

/// Whether a change of the value is of use to anybody before the operation that makes it ends.
bool Search::demanded(Row const& row, Op const& op) const {
    return std::ranges::any_of(pending_, [&](std::uint32_t index) {
        Op const& other = ops_[index];
        if (done(row, other)) return false;
        switch (other.kind) {
            case Kind::read:
            case Kind::cas:
                return other.from == op.to && &other != &op;
            case Kind::refused:
                return other.from == state(row);
            case Kind::write:
            case Kind::append:
                break;
        }
        return false;
    });
}

/// With appends: a pending or coming read, before whose end nothing is written anew, shows what the
/// text must begin with.
bool Search::hopeless(Row const& row, std::uint32_t now) const {
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
void Search::leave(Row const& row, Op const& ending) {
    Row left = row;
    std::uint32_t const value = states_.at(state(row), ending.completed + 1);
    left[0] = (std::uint64_t{value} << 32U) | last_write(row);
    unset(left, ending);
    next_.add(left);
}

/// Whether `op`, which need not happen now, should be tried now.
bool Search::worth_trying(Row const& row, Op const& op, std::uint32_t now) {
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
    return demanded(row, op);
}

/// Everything that can happen next in a configuration in which `ending` has not happened yet.
void Search::expand(Row const& row, Op const& ending) {
    std::uint32_t const now = ending.completed;
    // A write, or an append, unseen just before the last write.
    bool const unseen = ending.kind == Kind::write || ending.kind == Kind::append;
    if (unseen && ending.invoked < last_write(row)) leave(row, ending);
    tried_.clear();
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
        else if (seen_.add(after))
            stack_.push_back(std::move(after));
    }
}

bool Search::end(std::uint32_t index) {
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
        if (seen_.add(row)) stack_.push_back(std::move(row));
        while (!stack_.empty()) {
            Row const one = std::move(stack_.back());
            stack_.pop_back();
            expand(one, ending);
            if (!affordable(pending_.size())) return false;
        }
    }
    std::erase(pending_, index);
    reads_[1 + ending.slot / 64] &= ~bit(ending);
    optional_[1 + ending.slot / 64] &= ~bit(ending);
    std::swap(now_, next_);
    return prune();
}

/// Whether `one` can do all that `other` can.
bool Search::covers(std::span<std::uint64_t const> one,
                    std::span<std::uint64_t const> other) const {
    if (state(one) != state(other) || last_write(one) < last_write(other)) return false;
    for (std::size_t i = 1; i < words_; ++i) {
        std::uint64_t const differ = one[i] ^ other[i];
        if ((differ & ~(reads_[i] | optional_[i])) != 0 || (differ & reads_[i] & other[i]) != 0 ||
            (differ & optional_[i] & one[i]) != 0)
            return false;
    }
    return true;
}

bool Search::prune() {
    constexpr std::size_t worth = 4096;  // beyond, comparing all pairs costs more than it saves
    if (now_.size() < 2 || now_.size() > worth) return true;
    // Only configurations of one value can cover each other.
    std::vector<std::uint32_t> order(now_.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {}, [this](std::uint32_t i) { return now_[i][0]; });
    std::vector<bool> covered(now_.size());
    for (std::size_t first = 0, last = 0; first < order.size(); first = last) {
        while (last < order.size() && state(now_[order[last]]) == state(now_[order[first]])) ++last;
        for (std::size_t i = first; i < last; ++i) {
            for (std::size_t j = first; j < last && !covered[order[i]]; ++j)
                covered[order[i]] =
                    i != j && !covered[order[j]] && covers(now_[order[j]], now_[order[i]]);
            if (!affordable((last - first) / 16)) return false;
        }
    }
    next_.clear();
    for (std::size_t i = 0; i < now_.size(); ++i)
        if (!covered[i]) next_.add(now_[i]);
    std::swap(now_, next_);
    return true;
}

SearchAnswer Search::run() {
    std::vector<std::uint32_t> ends;
    for (std::uint32_t i = 0; i < ops_.size(); ++i)
        if (ops_[i].completed != never) ends.push_back(i);
    std::ranges::sort(ends, {}, [this](std::uint32_t i) { return ops_[i].completed; });
    std::uint32_t begun = 0;
    for (std::uint32_t const index : ends) {
        while (begun < ops_.size() && ops_[begun].invoked < ops_[index].completed)
            if (!begin(begun++)) return {.verdict = SearchAnswer::Verdict::unknown};
        if (!end(index)) return {.verdict = SearchAnswer::Verdict::unknown};
        if (now_.size() == 0)
            return {.verdict = SearchAnswer::Verdict::broken, .at = ops_[index].place};
    }
    return {};
}

}  // namespace

SearchAnswer search_register(std::span<RegisterOp const> ops, Value initial, Texts const& texts,
                             Budget& budget) {
    return Search(ops, initial, texts, budget).run();
}

}  // namespace interregnum::checkers
