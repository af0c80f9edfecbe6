// SPDX-License-Identifier: MIT
#include "harness/engine/notices.h"

#include <fmt/format.h>

#include "harness/base/log.h"

namespace interregnum {

Notices::Notices(record::Sink& next)
    : split_brain_(next, [this](auto const& text) { say(Breach::split_brain, text); }),
      sales_(split_brain_, [this](Breach breach, auto const& text) { say(breach, text); }),
      losses_(sales_, [this](auto const& text) { say(Breach::lost, text); }) {}

void Notices::say(Breach breach, std::string const& text) {
    breaches_.add(breach);
    bool const sale = breach == Breach::duplicated || breach == Breach::oversold;
    log::warn(sale ? "sale.wrong" : fmt::format("{}.seen", name_of(breach)), text);
}

}  // namespace interregnum
