// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "harness/base/clock.h"
#include "harness/engine/stores.h"
#include "harness/probe.h"
#include "harness/record/event.h"

namespace interregnum {

/// What the record must say of a shop that is still there.
struct ShopLeft {
    record::Note::Effect effect{};
    std::string text;
};

/// The shop's end: what a run made in its stores is dropped, with patience, for after a run that
/// was cut off the leader may still be on its way back. Where `stays` says so it is kept instead,
/// for a look. Nothing comes back where all of it is gone.
[[nodiscard]] std::optional<ShopLeft> end_of_shop(Stores const& stores, ProbeContext const& context,
                                                  Clock& clock, std::function<bool()> const& stays);

}  // namespace interregnum
