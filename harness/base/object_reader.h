// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/json_document.h"
#include "harness/base/mistakes.h"
#include "harness/base/option.h"

namespace interregnum {

/// Reads one object of a file, key by key, and records every mistake in it.
///
/// A reading function returns nothing when the key is absent, and also, with a mistake added,
/// when its value is not what was asked for. So a caller reads everything and looks at the
/// mistakes once at the end. `finish` reports the keys that nobody asked for.
class ObjectReader {
public:
    /// Adds a mistake when `value` is no object; reading from it then finds nothing.
    ObjectReader(Value const& value, std::string path, FileMistakes& mistakes);

    /// The value of a key, of any kind, or nullptr. The key counts as known.
    Value const* value(std::string_view key);
    /// Adds a mistake when the key is absent: `missing key "title": one sentence that...`.
    void require(std::string_view key, std::string_view what);

    /// A text that is not empty.
    std::optional<std::string> text(std::string_view key);
    std::optional<bool> flag(std::string_view key);
    std::optional<Duration> duration(std::string_view key);
    /// A text out of a few.
    std::optional<std::string> one_of(std::string_view key, std::vector<std::string> const& names);
    /// A list of texts that are not empty.
    std::optional<std::vector<std::string>> text_list(std::string_view key);
    /// A value as an option of a plug-in is written.
    std::optional<OptionValue> option(OptionSpec const& spec);
    /// All options of a table: what the object gives, else the table's fallbacks. A required one
    /// that is absent is a mistake.
    Options options(std::vector<OptionSpec> const& specs);

    /// Reports unknown keys, each with the nearest known one. Call it last.
    void finish();

    [[nodiscard]] std::string path_of(std::string_view key) const { return join_path(path_, key); }
    [[nodiscard]] std::string const& path() const { return path_; }
    [[nodiscard]] Place place() const { return object_->at; }
    [[nodiscard]] bool is_object() const { return object_->kind == Value::Kind::object; }
    [[nodiscard]] FileMistakes& mistakes() const { return *mistakes_; }
    /// Adds a mistake about the value of a key that is present, or about the whole object.
    void wrong(std::string_view key, std::string message);

private:
    Value const* object_;
    std::string path_;
    FileMistakes* mistakes_;
    std::vector<std::string> known_;
};

/// `value` as a text that is not empty; adds a mistake when it is none.
[[nodiscard]] std::optional<std::string> read_text(Value const& value, std::string const& path,
                                                   FileMistakes& mistakes);

/// `value` as a list of texts that are not empty; adds a mistake for each that is none.
[[nodiscard]] std::optional<std::vector<std::string>> read_text_list(Value const& value,
                                                                     std::string const& path,
                                                                     FileMistakes& mistakes);

/// `value` as that option; adds a mistake when it is not.
[[nodiscard]] std::optional<OptionValue> read_option(OptionSpec const& spec, Value const& value,
                                                     std::string const& path,
                                                     FileMistakes& mistakes);

/// The names in a value that is a role option, each with its place and its path: "target", or
/// "target[1]" in a list.
struct RoleName {
    std::string name;
    Place at;
    std::string path;
};
[[nodiscard]] std::vector<RoleName> role_names_in(Value const& value, std::string const& path);

}  // namespace interregnum
