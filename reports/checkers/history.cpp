// SPDX-License-Identifier: MIT
#include "reports/checkers/history.h"

#include <fmt/format.h>

#include "harness/base/mistakes.h"

namespace interregnum::checkers {

std::uint64_t Texts::index(std::string_view text) {
    if (auto const found = known_.find(text); found != known_.end()) return found->second;
    all_.emplace_back(text);
    known_.emplace(all_.back(), all_.size() - 1);
    return all_.size() - 1;
}

std::string_view to_text(Action action) {
    switch (action) {
        case Action::read:
            return "read";
        case Action::write:
            return "write";
        case Action::cas:
            return "cas";
        case Action::append:
            return "append";
        case Action::add:
            return "add";
        case Action::transfer:
            return "transfer";
        case Action::buy:
            return "buy";
        case Action::cancel:
            return "cancel";
        case Action::other:
            break;
    }
    return "other";
}

std::string History::show(Value value) const {
    switch (value.kind()) {
        case Value::Kind::nil:
            return "nil";
        case Value::Kind::integer:
            return fmt::format("{}", value.number());
        case Value::Kind::text:
            // A text of the table is a string's content behind a quote, or what was written.
            if (std::string const& text = texts.at(value.index()); text.starts_with('"'))
                return in_quotes(std::string_view(text).substr(1));
            else
                return text;
        case Value::Kind::list:
        case Value::Kind::map:
            break;
    }
    constexpr std::size_t shown = 8;
    auto const items = lists.at(value);
    std::string text = value.kind() == Value::Kind::list ? "[" : "{";
    for (std::size_t i = 0; i < items.size() && i < shown; ++i)
        text += (i == 0 ? "" : " ") + show(items[i]);
    if (items.size() > shown) text += fmt::format(" ... {} more", items.size() - shown);
    return text + (value.kind() == Value::Kind::list ? "]" : "}");
}

std::string History::show(Operation const& operation) const {
    std::string const name = operation.action == Action::other
                                 ? show(operation.other)
                                 : std::string(to_text(operation.action));
    std::string text = fmt::format("process {} {}", operation.process, name);
    if (!operation.key.is_nil()) text += " key " + show(operation.key);
    if (operation.action == Action::read)
        text += operation.outcome == Outcome::ok ? " -> " + show(operation.value) : "";
    else if (operation.action == Action::cas)
        text += fmt::format(" {} to {}", show(operation.value), show(operation.other));
    else if (!operation.value.is_nil())
        text += " " + show(operation.value);
    if (operation.outcome == Outcome::unknown)
        return text + fmt::format(", line {}, outcome unknown", operation.invoked);
    return text + fmt::format(", lines {} to {}{}", operation.invoked, operation.completed,
                              operation.outcome != Outcome::failed ? ""
                              : operation.action == Action::buy && !operation.other.is_nil()
                                  ? ", failed: " + show(operation.other)
                                  : ", failed");
}

}  // namespace interregnum::checkers
