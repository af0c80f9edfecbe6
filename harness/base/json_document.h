// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/mistakes.h"

namespace interregnum {

struct Member;

/// One value of a JSON file that a person wrote, with its place.
struct Value {
    enum class Kind { null, boolean, number, string, array, object };
    Kind kind{Kind::null};
    Place at;  ///< of its first character; line 0 when it came from the command line
    bool boolean{};
    /// A string's content; a number as it was written; what was given on the command line.
    std::string text;
    std::optional<std::int64_t> integer;  ///< a number that is whole and fits
    double number{};
    std::vector<Value> items;     ///< of an array
    std::vector<Member> members;  ///< of an object, in file order

    /// The value of that key, or nullptr. Of two equal keys (a mistake) the first.
    [[nodiscard]] Value const* find(std::string_view key) const;
    [[nodiscard]] bool from_command_line() const { return at.line == 0; }
};

/// One key of an object.
struct Member {
    std::string key;
    Place at;  ///< of the key
    Value value;
};

/// What a file may be at most. A file over a limit is a mistake, whatever is in it.
struct JsonLimits {
    std::size_t bytes{1U << 20U};
    int depth{32};
    int values{10'000};
};

/// Parses JSON in which comments (`//`, `/* */`) and a comma after the last element are allowed.
/// Adds every mistake: a syntax error (there it stops and returns nullopt), duplicate keys, NUL
/// characters, text that is not UTF-8, a limit exceeded. Pure.
[[nodiscard]] std::optional<Value> parse_json(std::string_view text, FileMistakes& mistakes,
                                              JsonLimits limits = {});

/// A value for messages: `"text"`, `30`, `true`, `null`, `a list`, `an object`.
[[nodiscard]] std::string show(Value const& value);

/// The path of a key of an object at `parent`: "steps[0].target", `expect["write.downtime"]`.
[[nodiscard]] std::string join_path(std::string_view parent, std::string_view key);
/// The path of an item of a list at `parent`: "steps[0]".
[[nodiscard]] std::string join_path(std::string_view parent, std::size_t index);

}  // namespace interregnum
