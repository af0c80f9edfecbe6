// SPDX-License-Identifier: MIT
#include "harness/base/object_reader.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/nearest.h"

namespace interregnum {

namespace {

std::string expected(std::string_view what, Value const& got) {
    return fmt::format("expected {}, got {}", what, show(got));
}

/// A value as given in a file, in the text form that option parsing takes; nothing when its kind
/// is wrong for that type. `--set` has no quotes, so from there every scalar's text will do.
std::optional<std::string> option_text(OptionSpec const& spec, Value const& value) {
    using Kind = Value::Kind;
    if (value.from_command_line()) return value.text;
    switch (spec.type) {
        case OptionType::integer:
            return value.integer ? std::optional(value.text) : std::nullopt;
        case OptionType::flag:
            return value.kind == Kind::boolean ? std::optional(show(value)) : std::nullopt;
        case OptionType::text:
        case OptionType::duration:
        case OptionType::rate:
        case OptionType::bytes:
        case OptionType::role:
            return value.kind == Kind::string ? std::optional(value.text) : std::nullopt;
        case OptionType::words:
            return std::nullopt;  // read as a list
    }
    return std::nullopt;
}

/// What that option expects, as option parsing says it.
std::string what_is_expected(OptionSpec const& spec) {
    if (spec.type == OptionType::text && spec.choices.empty()) return "a text in double quotes";
    // No option but a text takes this, so that the answer is always its complaint.
    auto complaint = parse_option(spec, spec.type == OptionType::role ? "" : "?");
    std::string const* text = std::get_if<std::string>(&complaint);
    return text != nullptr ? *text : "a value";
}

std::optional<OptionValue> read_role_list(Value const& value, std::string const& path,
                                          FileMistakes& mistakes) {
    auto names = read_text_list(value, path, mistakes);
    if (!names) return std::nullopt;
    if (names->empty()) {
        mistakes.add(value.at, path, "expected at least one role or node, got an empty list");
        return std::nullopt;
    }
    return Roles{std::move(*names)};
}

/// A list of texts of which each may be empty, as an argument of a program may.
std::optional<OptionValue> read_words(Value const& value, std::string const& path,
                                      FileMistakes& mistakes) {
    Words words;
    bool good = true;
    for (std::size_t index = 0; index < value.items.size(); ++index) {
        Value const& item = value.items[index];
        good = good && item.kind == Value::Kind::string;
        if (item.kind != Value::Kind::string)
            mistakes.add(item.at, join_path(path, index),
                         expected("a text in double quotes", item));
        words.list.push_back(item.text);
    }
    return good ? std::optional<OptionValue>(std::move(words)) : std::nullopt;
}

}  // namespace

std::optional<std::string> read_text(Value const& value, std::string const& path,
                                     FileMistakes& mistakes) {
    bool const is_text = value.kind == Value::Kind::string || value.from_command_line();
    if (is_text && !value.text.empty()) return value.text;
    mistakes.add(value.at, path, expected("a text in double quotes", value));
    return std::nullopt;
}

std::optional<std::vector<std::string>> read_text_list(Value const& value, std::string const& path,
                                                       FileMistakes& mistakes) {
    if (value.kind != Value::Kind::array) {
        mistakes.add(value.at, path, expected("a list of texts", value));
        return std::nullopt;
    }
    std::vector<std::string> texts;
    bool good = true;
    for (std::size_t index = 0; index < value.items.size(); ++index) {
        auto text = read_text(value.items[index], join_path(path, index), mistakes);
        good = good && text.has_value();
        if (text) texts.push_back(std::move(*text));
    }
    return good ? std::optional(std::move(texts)) : std::nullopt;
}

std::optional<OptionValue> read_option(OptionSpec const& spec, Value const& value,
                                       std::string const& path, FileMistakes& mistakes) {
    if (spec.type == OptionType::role && value.kind == Value::Kind::array)
        return read_role_list(value, path, mistakes);
    if (spec.type == OptionType::words && value.kind == Value::Kind::array)
        return read_words(value, path, mistakes);
    if (auto const text = option_text(spec, value)) {
        auto parsed = parse_option(spec, *text);
        if (auto* good = std::get_if<OptionValue>(&parsed)) return std::move(*good);
        std::vector<std::string> const choices(spec.choices.begin(), spec.choices.end());
        mistakes.add(value.at, path,
                     expected(std::get<std::string>(parsed), value) + did_you_mean(*text, choices));
        return std::nullopt;
    }
    mistakes.add(value.at, path, expected(what_is_expected(spec), value));
    return std::nullopt;
}

std::vector<RoleName> role_names_in(Value const& value, std::string const& path) {
    std::vector<RoleName> names;
    if (value.kind == Value::Kind::array) {
        for (std::size_t index = 0; index < value.items.size(); ++index)
            names.push_back({.name = value.items[index].text,
                             .at = value.items[index].at,
                             .path = join_path(path, index)});
        return names;
    }
    std::string_view rest = value.text;
    while (true) {
        std::size_t const comma = rest.find(',');
        names.push_back({.name = std::string(rest.substr(0, comma)), .at = value.at, .path = path});
        if (comma == std::string_view::npos) return names;
        rest.remove_prefix(comma + 1);
    }
}

ObjectReader::ObjectReader(Value const& value, std::string path, FileMistakes& mistakes)
    : object_(&value), path_(std::move(path)), mistakes_(&mistakes) {
    if (!is_object()) mistakes_->add(value.at, path_, expected("an object in braces { }", value));
}

Value const* ObjectReader::value(std::string_view key) {
    if (std::ranges::find(known_, key) == known_.end()) known_.emplace_back(key);
    return object_->find(key);
}

void ObjectReader::require(std::string_view key, std::string_view what) {
    if (value(key) != nullptr || !is_object()) return;
    mistakes_->add(object_->at, path_, fmt::format("missing key \"{}\": {}", key, what));
}

void ObjectReader::wrong(std::string_view key, std::string message) {
    Value const* const found = object_->find(key);
    mistakes_->add(found != nullptr ? found->at : object_->at, path_of(key), std::move(message));
}

std::optional<std::string> ObjectReader::text(std::string_view key) {
    Value const* const found = value(key);
    if (found == nullptr) return std::nullopt;
    return read_text(*found, path_of(key), *mistakes_);
}

std::optional<bool> ObjectReader::flag(std::string_view key) {
    auto const read = option({.name = key, .type = OptionType::flag});
    return read ? std::optional(std::get<bool>(*read)) : std::nullopt;
}

std::optional<Duration> ObjectReader::duration(std::string_view key) {
    auto const read = option({.name = key, .type = OptionType::duration});
    return read ? std::optional(std::get<Duration>(*read)) : std::nullopt;
}

std::optional<std::string> ObjectReader::one_of(std::string_view key,
                                                std::vector<std::string> const& names) {
    auto read = option({.name = key,
                        .type = OptionType::text,
                        .choices = std::vector<std::string_view>(names.begin(), names.end())});
    if (!read) return std::nullopt;
    return std::get<std::string>(std::move(*read));
}

std::optional<std::vector<std::string>> ObjectReader::text_list(std::string_view key) {
    Value const* const found = value(key);
    if (found == nullptr) return std::nullopt;
    return read_text_list(*found, path_of(key), *mistakes_);
}

std::optional<OptionValue> ObjectReader::option(OptionSpec const& spec) {
    Value const* const found = value(spec.name);
    if (found == nullptr) return std::nullopt;
    return read_option(spec, *found, path_of(spec.name), *mistakes_);
}

Options ObjectReader::options(std::vector<OptionSpec> const& specs) {
    Options read = fallback_options(specs);
    for (OptionSpec const& spec : specs) {
        if (spec.required) require(spec.name, spec.doc);
        if (auto value = option(spec)) read.set(std::string(spec.name), std::move(*value));
    }
    return read;
}

void ObjectReader::finish() {
    std::vector<std::string> names = known_;
    std::ranges::sort(names);
    for (Member const& member : object_->members) {
        if (std::ranges::find(known_, member.key) != known_.end()) continue;
        std::string hint = did_you_mean(member.key, names);
        if (hint.empty())
            hint = names.empty() ? " (none is known here)"
                                 : fmt::format(" (known here: {})", fmt::join(names, ", "));
        mistakes_->add(member.at, path_of(member.key), "unknown key" + hint);
    }
}

}  // namespace interregnum
