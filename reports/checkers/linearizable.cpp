// SPDX-License-Identifier: MIT
#include "reports/checkers/linearizable.h"

#include <algorithm>
#include <span>
#include <utility>

#include "reports/checkers/dense_ids.h"
#include "reports/checkers/register_search.h"
#include "reports/checkers/shrink.h"
#include "reports/checkers/zones.h"

namespace interregnum::checkers {
namespace {

using namespace std::chrono_literals;
using Kind = RegisterOp::Kind;

constexpr std::size_t shown_keys = 10;
constexpr Duration longest_shrinking = 20ms;  // of one key

/// What the operation says; false: nothing.
bool meaning(Operation const& operation, RegisterRules const& rules, RegisterOp& op) {
    bool const failed = operation.outcome == Outcome::failed;
    op.value = operation.value;
    op.other = operation.other;
    op.invoked = operation.invoked;
    op.completed = operation.outcome == Outcome::ok ? operation.completed : never;
    switch (operation.action) {
        case Action::read:
            op.kind = Kind::read;
            if (op.value.is_nil() && rules.nil_is_initial) op.value = rules.initial;
            return operation.outcome == Outcome::ok && !(op.value.is_nil() && rules.nil_unknown);
        case Action::write:
            op.kind = Kind::write;
            return !failed;
        case Action::cas:
            op.kind = failed ? Kind::refused : Kind::cas;
            if (failed) op.completed = operation.completed;
            return !failed || rules.refusals;
        case Action::append:
            op.kind = Kind::append;
            return !failed;
        default:
            return false;
    }
}

/// The operations of each key, one key after the other.
class ByKey {
public:
    ByKey(History const& history, RegisterRules const& rules) {
        auto const& all = history.operations;
        keys_.reset([&](auto const& tell) {
            for (Operation const& operation : all) tell(operation.key);
        });
        for (Operation const& operation : all) {
            std::uint32_t const key = keys_.add(operation.key);
            if (key + 1 >= first_.size()) first_.resize(key + 2);
            ++first_[key + 1];
        }
        if (first_.empty()) first_.resize(1);
        for (std::size_t key = 1; key < first_.size(); ++key) first_[key] += first_[key - 1];
        ops_.resize(all.size());
        end_.assign(first_.begin(), first_.end());
        for (std::uint32_t i = 0; i < all.size(); ++i) {
            std::uint64_t& end = end_[keys_.find(all[i].key)];
            RegisterOp& op = ops_[end];
            op.id = i;
            if (meaning(all[i], rules, op)) ++end;
        }
    }
    [[nodiscard]] std::size_t size() const { return first_.size() - 1; }
    [[nodiscard]] std::span<RegisterOp const> of(std::size_t key) const {
        return std::span(ops_).subspan(first_[key], end_[key] - first_[key]);
    }

private:
    DenseIds keys_;
    std::vector<std::uint64_t> first_;
    std::vector<std::uint64_t> end_;
    std::vector<RegisterOp> ops_;
};

/// A value that only a failed operation wrote is worse than one out of nowhere.
void name_the_aborted(History const& history, Found& found) {
    Operation const& read = history.operations[found.proof.front()];
    for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
        Operation const& other = history.operations[i];
        if (other.outcome != Outcome::failed || other.action != Action::write ||
            other.key != read.key || other.value != read.value)
            continue;
        found.kind = "aborted read";
        found.sentence = "a value was read whose write was reported as failed";
        found.proof.push_back(i);
        return;
    }
}

Found found_by_search(History const& history, std::span<RegisterOp const> ops, std::uint32_t at,
                      RegisterRules const& rules, Budget const& budget) {
    return {
        .kind = "not linearizable",
        .sentence =
            "no order of these operations, each between its begin and its end, explains "
            "what they saw",
        .proof = shrink(ops, at, rules.initial, history.texts, budget.at_most(longest_shrinking))};
}

}  // namespace

LinearizableAnswer check_linearizable(History const& history, RegisterRules const& rules,
                                      HistoryLimits const& limits) {
    LinearizableAnswer answer;
    ByKey const keys(history, rules);
    answer.keys = keys.size();
    Zones zones;
    for (std::size_t key = 0; key < keys.size(); ++key) {
        auto const ops = keys.of(key);
        if (limits.progress && key % 64 == 0)
            limits.progress("checking",
                            static_cast<double>(key) / static_cast<double>(keys.size()));
        auto unique = zones.check(ops, rules.initial);
        if (unique.verdict == Zones::Verdict::linearizable) continue;
        if (unique.verdict == Zones::Verdict::broken) {
            if (++answer.broken_keys > shown_keys) continue;
            answer.found.push_back(*std::move(unique.found));
            if (answer.found.back().kind == "never written")
                name_the_aborted(history, answer.found.back());
            continue;
        }
        ++answer.searched_keys;
        Budget budget(limits);
        auto const searched = search_register(ops, rules.initial, history.texts, budget);
        if (searched.verdict == SearchAnswer::Verdict::unknown) {
            ++answer.open_keys;
            answer.why_open = budget.why();
        } else if (searched.verdict == SearchAnswer::Verdict::broken &&
                   ++answer.broken_keys <= shown_keys) {
            answer.found.push_back(
                found_by_search(history, ops, searched.at, rules, Budget(limits)));
        }
    }
    if (answer.broken_keys > 0)
        answer.verdict = HistoryVerdict::invalid;
    else if (answer.open_keys > 0)
        answer.verdict = HistoryVerdict::unknown;
    return answer;
}

}  // namespace interregnum::checkers
