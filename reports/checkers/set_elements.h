// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "reports/checkers/dense_ids.h"
#include "reports/checkers/history.h"

namespace interregnum::checkers {

/// One element and its adds.
struct SetElement {
    Value value;
    std::uint32_t invoked{never};  ///< of the first add
    std::uint32_t acked{never};    ///< end of the first acknowledged add
    std::uint32_t add{};           ///< the operation that tells most: acknowledged, or the first
    bool all_failed{true};
};

/// The elements that somebody tried to add, numbered in the order of their first adds, so that
/// those there could be at some time are the first so many.
class SetElements {
public:
    explicit SetElements(History const& history) {
        ids_.reset([&](auto const& tell) {
            for (Operation const& operation : history.operations)
                if (operation.action == Action::add) tell(operation.value);
        });
        for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
            Operation const& operation = history.operations[i];
            if (operation.action != Action::add) continue;
            std::uint32_t const id = ids_.add(operation.value);
            if (id == all_.size())
                all_.push_back({.value = operation.value, .invoked = operation.invoked, .add = i});
            SetElement& element = all_[id];
            element.all_failed = element.all_failed && operation.outcome == Outcome::failed;
            if (operation.outcome != Outcome::ok || operation.completed >= element.acked) continue;
            element.acked = operation.completed;
            element.add = i;
        }
    }
    [[nodiscard]] std::vector<SetElement> const& all() const { return all_; }
    /// Its number, or DenseIds::none when nobody added it.
    [[nodiscard]] std::uint32_t find(Value value) { return ids_.find_any(value); }

private:
    DenseIds ids_;
    std::vector<SetElement> all_;
};

}  // namespace interregnum::checkers
