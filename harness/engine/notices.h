// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <string>

#include "harness/engine/loss_notice.h"
#include "harness/engine/sale_notice.h"
#include "harness/engine/split_brain_notice.h"
#include "harness/scenario/breach.h"

namespace interregnum {

/// What was noticed so far; written by the sinks that notice it, from any thread.
class Breaches {
public:
    void add(Breach breach) { seen_.at(static_cast<std::size_t>(breach)).store(true); }
    [[nodiscard]] bool has(Breach breach) const {
        return seen_.at(static_cast<std::size_t>(breach)).load();
    }

private:
    std::array<std::atomic<bool>, breach_names.size()> seen_{};
};

/// All that says at once, on the terminal, what must never happen; a sink that passes on.
class Notices final : public record::Sink {
public:
    explicit Notices(record::Sink& next);
    void write(record::Event event) override { losses_.write(std::move(event)); }
    [[nodiscard]] Breaches const& breaches() const { return breaches_; }

private:
    void say(Breach breach, std::string const& text);

    Breaches breaches_;
    // Each passes on to the one before it.
    SplitBrainNotice split_brain_;
    SaleNotice sales_;
    LossNotice losses_;
};

}  // namespace interregnum
