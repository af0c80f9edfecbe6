// SPDX-License-Identifier: MIT
#include "harness/engine/sale_notice.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace interregnum {

using record::Service;

void SaleNotice::write(record::Event event) {
    {
        std::scoped_lock const lock(mutex_);
        if (auto const* stream = std::get_if<record::StreamDeclared>(&event))
            services_[stream->id] = stream->service;
        if (auto const* fact = std::get_if<record::Fact>(&event);
            fact != nullptr && fact->name == "for_sale")
            std::from_chars(fact->value.data(), fact->value.data() + fact->value.size(), for_sale_);
        if (auto const* attempt = std::get_if<record::Attempt>(&event)) take(*attempt);
    }
    next_.write(std::move(event));
}

void SaleNotice::take(record::Attempt const& attempt) {
    auto const stream = services_.find(attempt.stream);
    if (stream == services_.end()) return;
    bool const ok = attempt.outcome == record::Outcome::ok;
    switch (stream->second) {
        case Service::ticket:
        case Service::voucher:
            if (ok && ++sold_ > for_sale_ && for_sale_ >= 0)
                say(Breach::oversold, fmt::format("{} are sold of {} that there are: {}", sold_,
                                                  for_sale_, attempt.token));
            [[fallthrough]];
        case Service::write:
            if (ok) remember(orders_, attempt, "order number");
            break;
        case Service::cart:
            // Whoever has a token held the lock, whatever became of the cart.
            remember(fences_, attempt, "fencing token");
            break;
        case Service::read:
        case Service::cache:
        case Service::task:
        case Service::http:
            break;
    }
}

void SaleNotice::remember(Told& told, record::Attempt const& attempt, char const* what) {
    if (attempt.id <= 0 || attempt.token.empty()) return;
    Entry const now{.number = attempt.id, .token = std::hash<std::string>{}(attempt.token)};
    Entry const before =
        std::exchange(told[static_cast<std::size_t>(attempt.id) % remembered], now);
    if (before.number != now.number || before.token == now.token) return;
    say(Breach::duplicated, fmt::format("{} {} was given to {}, and to somebody else before", what,
                                        attempt.id, attempt.token));
}

void SaleNotice::say(Breach breach, std::string text) {
    if (said_[breach]++ < most_said) say_(breach, std::move(text));
}

}  // namespace interregnum
