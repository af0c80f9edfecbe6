// SPDX-License-Identifier: MIT
#include "reports/checkers/shrink.h"

#include <algorithm>

#include "reports/checkers/register_search.h"

namespace interregnum::checkers {
namespace {

using Kind = RegisterOp::Kind;
using Ops = std::vector<RegisterOp>;

bool looks(RegisterOp const& op) { return op.kind == Kind::read || op.kind == Kind::refused; }

/// The history as it was when the search found it broken.
Ops up_to(std::span<RegisterOp const> ops, std::uint32_t end) {
    Ops prefix;
    for (RegisterOp op : ops) {
        if (op.invoked > end) break;
        if (op.completed > end) op.completed = never;
        if (op.completed == never && looks(op)) continue;
        prefix.push_back(op);
    }
    return prefix;
}

class Shrinking {
public:
    Shrinking(Ops ops, Value initial, Texts const& texts, Budget& budget)
        : ops_(std::move(ops)), initial_(initial), texts_(&texts), budget_(&budget) {
        appends_ =
            std::ranges::any_of(ops_, [](RegisterOp const& op) { return op.kind == Kind::append; });
    }

    Ops run() {
        for (std::size_t size = std::max<std::size_t>(ops_.size() / 2, 1); !spent_; size /= 2) {
            while (pass(size) && size == 1 && !spent_) {
            }
            if (size <= 1) break;
        }
        return ops_;
    }

private:
    /// Tries to do without each `size` operations in turn; whether any could go.
    bool pass(std::size_t size) {
        bool any = false;
        for (std::size_t first = 0; first < ops_.size() && !spent_;) {
            Ops fewer;
            bool different = false;
            for (std::size_t i = 0; i < ops_.size(); ++i) {
                RegisterOp op = ops_[i];
                // Appends that may have happened anywhere would make the search long.
                if (i >= first && i < first + size && op.completed != never &&
                    (looks(op) || !appends_)) {
                    different = true;
                    if (looks(op)) continue;
                    op.completed = never;
                }
                fewer.push_back(op);
            }
            if (!different || !still_broken(fewer)) {
                first += size;
                continue;
            }
            // Those behind move up by what was taken away.
            first += size - (ops_.size() - fewer.size());
            ops_ = std::move(fewer);
            any = true;
        }
        drop_unneeded();
        return any;
    }
    bool still_broken(Ops const& ops) {
        spent_ = spent_ || !budget_->spend(0, ops.size());
        if (spent_) return false;
        auto const answer = search_register(ops, initial_, *texts_, *budget_);
        spent_ = spent_ || answer.verdict == SearchAnswer::Verdict::unknown;
        return answer.verdict == SearchAnswer::Verdict::broken;
    }
    /// Changes that may have happened, and make a value that nobody sees or expects.
    void drop_unneeded() {
        if (appends_ || std::ranges::any_of(
                            ops_, [](RegisterOp const& op) { return op.kind == Kind::refused; }))
            return;
        std::erase_if(ops_, [this](RegisterOp const& op) {
            if (op.completed != never) return false;
            Value const made = op.kind == Kind::cas ? op.other : op.value;
            return std::ranges::none_of(ops_, [&](RegisterOp const& other) {
                return other.kind != Kind::write && other.value == made;
            });
        });
    }

    Ops ops_;
    Value initial_;
    Texts const* texts_;
    Budget* budget_;
    bool appends_{false};
    bool spent_{false};
};

std::vector<std::uint32_t> ids(Ops const& ops) {
    std::vector<std::uint32_t> all;
    for (RegisterOp const& op : ops) all.push_back(op.id);
    return all;
}

}  // namespace

std::vector<std::uint32_t> shrink(std::span<RegisterOp const> ops, std::uint32_t broken_at,
                                  Value initial, Texts const& texts, Budget budget) {
    std::vector<std::uint32_t> ends{ops[broken_at].completed};
    // With appends the search looks ahead: what breaks it may be a read that ends later.
    for (RegisterOp const& op : ops)
        if (looks(op) && op.completed > ends.front()) ends.push_back(op.completed);
    std::ranges::sort(ends);
    Ops prefix;
    for (std::uint32_t const end : ends) {
        prefix = up_to(ops, end);
        // Without time left to look, all of it is the proof.
        if (!budget.spend(0, prefix.size())) return ids(up_to(ops, never - 1));
        if (search_register(prefix, initial, texts, budget).verdict ==
            SearchAnswer::Verdict::broken)
            break;
    }
    Ops const left = Shrinking(std::move(prefix), initial, texts, budget).run();
    return ids(left);
}

}  // namespace interregnum::checkers
