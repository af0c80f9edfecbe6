// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "reports/checkers/history.h"

namespace interregnum::checkers {

/// What a value may be, as bits of a `ValueRule`.
enum Accepts : std::uint8_t {
    accepts_nil = 1,
    accepts_integer = 2,
    accepts_text = 4,
    accepts_list = 8,
    accepts_map = 16,
    accepts_pair = 32,  ///< a list of two, which goes into `value` and `other`
    accepts_scalar = accepts_nil | accepts_integer | accepts_text,
    accepts_anything = accepts_scalar | accepts_list | accepts_map,
};

/// What one action of a model carries.
struct ActionRule {
    Action action{Action::other};
    std::uint8_t invoke{accepts_anything};  ///< what the value of its `invoke` may be
    std::uint8_t ok{accepts_anything};      ///< ... and of its `ok`
    std::string_view expected;              ///< for messages: "a whole number"
    bool reasons{false};                    ///< why it failed tells something: into `other`
};

/// What a model's lines look like.
struct Shape {
    std::string_view model;
    std::vector<ActionRule> rules;
    [[nodiscard]] ActionRule const* rule(Action action) const {
        for (ActionRule const& one : rules)
            if (one.action == action) return &one;
        return nullptr;
    }
};

/// One line of a history.
struct Event {
    enum class Type : std::uint8_t { invoke, ok, fail, info };
    Value key;
    Value value;
    Value other;
    std::int64_t process{};
    std::int64_t time{};
    std::int64_t index{-1};  ///< -1: the line gives none
    std::uint32_t line{};
    Type type{Type::info};
    Action action{Action::other};
    bool ignored{};  ///< of the nemesis, or a comment of the file
};

/// What the values of some lines point into.
struct Tables {
    Texts texts;
    Lists lists;
};

/// Reads one line, without its newline. First by a scan that knows the shapes such files have
/// nearly always, several times faster than a general parser; a line that this scan does not
/// understand, or that does not fit the shape, is read again by the general one, which also says
/// what is wrong: the error is "COLUMN: what was expected", without file and line.
[[nodiscard]] Status read_line(std::string_view line, Shape const& shape, Tables& tables,
                               Event& event);

/// The two ways of `read_line`, for tests that compare them. The scan answers false for lines
/// that it leaves to the other; then `tables` are as before, but for texts.
[[nodiscard]] bool scan_line(std::string_view line, Shape const& shape, Tables& tables,
                             Event& event);
[[nodiscard]] Status parse_line(std::string_view line, Shape const& shape, Tables& tables,
                                Event& event);

/// Whether the event is of the model, and what is wrong if not: "f" or "value" in `where`.
struct Fit {
    bool fits{true};
    std::string_view where;
};
[[nodiscard]] Fit fit(Event& event, bool known_action, Shape const& shape, Tables& tables);

/// The action of that name; false: none of ours.
[[nodiscard]] bool action_of(std::string_view name, Action& action);

}  // namespace interregnum::checkers
