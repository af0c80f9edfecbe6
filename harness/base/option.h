// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/base/clock.h"

namespace interregnum {

/// What an option of a plug-in holds. Written in files as: text "x"; integer 3; flag true;
/// duration "30s"; rate "50/s"; bytes "16MiB"; role "leader" (a role, a node's name, or a
/// list of either); words ["ls", "-l"] (a program and its arguments, as a list of texts).
enum class OptionType { text, integer, flag, duration, rate, bytes, role, words };

/// One option a plug-in accepts. The table of these is the option's validation, its line in
/// `interregnum list`, and its entry in the JSON Schema: they cannot disagree.
struct OptionSpec {
    std::string_view name;
    OptionType type{OptionType::text};
    /// What is used when a file does not give it, in the notation of files; empty with
    /// `required` false means "absent".
    std::string_view fallback{};
    /// One sentence, with the unit or the meaning of the values; none: for our tests, not listed.
    std::string_view doc{};
    /// For text: the only values accepted, when not empty.
    std::vector<std::string_view> choices{};
    bool required{false};
    /// For integer: the values accepted.
    std::int64_t at_least{INT64_MIN};
    std::int64_t at_most{INT64_MAX};
};

/// Events a second.
struct Rate {
    double per_s{};
    friend bool operator==(Rate const&, Rate const&) = default;
};

struct Bytes {
    std::uint64_t count{};
    friend bool operator==(Bytes const&, Bytes const&) = default;
};

/// The names in a role option, in the order given: roles ("leader") or nodes ("db1").
struct Roles {
    std::vector<std::string> names;
    friend bool operator==(Roles const&, Roles const&) = default;
};

/// A program and its arguments, or nothing. No word holds a NUL.
struct Words {
    std::vector<std::string> list;
    friend bool operator==(Words const&, Words const&) = default;
};

using OptionValue =
    std::variant<std::string, std::int64_t, bool, Duration, Rate, Bytes, Roles, Words>;

/// Checked values of a plug-in's options: every name is in its table and every value has the
/// type the table says, so the accessors below cannot fail on a value that is present.
/// Asking for an absent one without `has` is a bug and ends the program.
class Options {
public:
    [[nodiscard]] bool has(std::string_view name) const;
    [[nodiscard]] std::string const& text(std::string_view name) const;
    [[nodiscard]] std::int64_t integer(std::string_view name) const;
    [[nodiscard]] bool flag(std::string_view name) const;
    [[nodiscard]] Duration duration(std::string_view name) const;
    [[nodiscard]] double rate_per_s(std::string_view name) const;
    [[nodiscard]] std::uint64_t bytes(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> const& roles(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> const& words(std::string_view name) const;

    void set(std::string name, OptionValue value);
    [[nodiscard]] std::map<std::string, OptionValue, std::less<>> const& all() const {
        return values_;
    }

private:
    template <class T>
    [[nodiscard]] T const& value_of(std::string_view name) const;
    std::map<std::string, OptionValue, std::less<>> values_;
};

/// The value in the notation of files, for plans and reports: "30s", "50/s", "leader".
[[nodiscard]] std::string to_text(OptionValue const& value);

/// Reads one value given as text (a fallback of a table, or `--set name=value`).
/// On failure the string says what was expected, e.g. `a duration such as "30s"`.
[[nodiscard]] std::variant<OptionValue, std::string> parse_option(OptionSpec const& spec,
                                                                  std::string_view text);

/// All options of a table that have a fallback, at it.
[[nodiscard]] Options fallback_options(std::vector<OptionSpec> const& specs);

}  // namespace interregnum
