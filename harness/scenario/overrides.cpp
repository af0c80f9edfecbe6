// SPDX-License-Identifier: MIT
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "harness/scenario/reading.h"

namespace interregnum::reading {

namespace {

template <class Number>
std::optional<Number> whole_text_as(std::string_view text) {
    Number number{};
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// The value that a text of the command line stands for; its place is line 0.
Value value_of(std::string const& text) {
    Value value{.kind = Value::Kind::string, .text = text};
    if (text == "true" || text == "false") {
        value.kind = Value::Kind::boolean;
        value.boolean = text == "true";
    } else if (auto const number = whole_text_as<double>(text)) {
        value.kind = Value::Kind::number;
        value.number = *number;
        value.integer = whole_text_as<std::int64_t>(text);
    }
    return value;
}

/// "steps[0].for" and "steps.0.for" -> steps, 0, for. Nothing when a part is empty. A measure's
/// name has dots of its own: all behind "expect." is one part.
std::optional<std::vector<std::string>> split_path(std::string_view path) {
    constexpr std::string_view expect = "expect.";
    if (path.starts_with(expect) && path.size() > expect.size())
        return std::vector<std::string>{"expect", std::string(path.substr(expect.size()))};
    std::vector<std::string> parts{""};
    for (char const letter : path) {
        if (letter == ']') continue;
        if (letter == '.' || letter == '[')
            parts.emplace_back();
        else
            parts.back() += letter;
    }
    for (std::string const& part : parts)
        if (part.empty()) return std::nullopt;
    return parts;
}

Value& member_of(Value& object, std::string const& key) {
    for (Member& member : object.members)
        if (member.key == key) return member.value;
    return object.members.emplace_back(Member{.key = key, .at = {}, .value = {}}).value;
}

/// One step down, or what is wrong with going there.
std::variant<Value*, std::string> go_down(Value& from, std::string const& part,
                                          std::string const& where) {
    if (from.kind == Value::Kind::null && from.from_command_line())
        from.kind = Value::Kind::object;  // made on the way
    if (from.kind == Value::Kind::object) return &member_of(from, part);
    if (from.kind != Value::Kind::array)
        return fmt::format("{} is {}, which has no keys", where, show(from));
    auto const index = whole_text_as<std::size_t>(part);
    if (!index || *index >= from.items.size())
        return fmt::format("{} is a list with {} items, counted from 0; there is no {}", where,
                           from.items.size(), in_quotes(part));
    return &from.items[*index];
}

}  // namespace

void apply_overrides(Value& root, std::vector<std::pair<std::string, std::string>> const& overrides,
                     FileMistakes& mistakes) {
    constexpr std::size_t deepest = 16;
    for (auto const& [path, text] : overrides) {
        auto const parts = split_path(path);
        if (!parts || parts->size() > deepest) {
            mistakes.add({}, "--set",
                         fmt::format("expected a path such as workload.orders.rate or "
                                     "steps[0].for, got {}",
                                     in_quotes(path)));
            continue;
        }
        Value* at = &root;
        std::string where = "the file";
        for (std::string const& part : *parts) {
            auto next = go_down(*at, part, where);
            if (auto* problem = std::get_if<std::string>(&next)) {
                mistakes.add({}, "--set " + path, std::move(*problem));
                at = nullptr;
                break;
            }
            at = std::get<Value*>(next);
            where = where == "the file" ? join_path("", part) : join_path(where, part);
        }
        if (at != nullptr) *at = value_of(text);
    }
}

}  // namespace interregnum::reading
