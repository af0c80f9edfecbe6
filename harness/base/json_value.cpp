// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>

#include "harness/base/json_document.h"

namespace interregnum {

Value const* Value::find(std::string_view key) const {
    auto const found = std::ranges::find(members, key, &Member::key);
    return found == members.end() ? nullptr : &found->value;
}

std::string show(Value const& value) {
    switch (value.kind) {
        case Value::Kind::null:
            return "null";
        case Value::Kind::boolean:
            return value.boolean ? "true" : "false";
        case Value::Kind::number:
            // A number can be as long as the file.
            return value.text.size() > 40 ? value.text.substr(0, 40) + "..." : value.text;
        case Value::Kind::string:
            return in_quotes(value.text);
        case Value::Kind::array:
            return "a list";
        case Value::Kind::object:
            return "an object";
    }
    return "a value";
}

std::string join_path(std::string_view parent, std::string_view key) {
    bool const plain = !key.empty() && key.size() <= 60 &&
                       key.find_first_not_of(
                           "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                           "0123456789_-$") == std::string_view::npos;
    if (!plain) return fmt::format("{}[{}]", parent, in_quotes(key));
    return parent.empty() ? std::string(key) : fmt::format("{}.{}", parent, key);
}

std::string join_path(std::string_view parent, std::size_t index) {
    return fmt::format("{}[{}]", parent, index);
}

}  // namespace interregnum
