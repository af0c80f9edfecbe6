// SPDX-License-Identifier: MIT
#include "harness/engine/end_of_shop.h"

#include <chrono>

namespace interregnum {
namespace {

using record::Note;

constexpr Duration patience = std::chrono::seconds(60);

}  // namespace

std::optional<ShopLeft> end_of_shop(Stores const& stores, ProbeContext const& context, Clock& clock,
                                    std::function<bool()> const& stays) {
    if (stays())
        return ShopLeft{.effect = Note::Effect::none,
                        .text =
                            "it failed, so tables and keys of the shop were kept for a look "
                            "(--on-fail keep): the next drill makes them anew, and `interregnum "
                            "heal --all` drops them"};
    if (auto dropped = drop_patiently(stores, context, clock, patience, {}); !dropped)
        return ShopLeft{.effect = Note::Effect::not_undone,
                        .text = "our tables or keys are still there: " + dropped.error().message};
    return std::nullopt;
}

}  // namespace interregnum
