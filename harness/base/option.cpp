// SPDX-License-Identifier: MIT
#include "harness/base/option.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/json_document.h"
#include "harness/base/units.h"

namespace interregnum {

namespace {

using Parsed = std::variant<OptionValue, std::string>;

Parsed parse_text(OptionSpec const& spec, std::string_view text) {
    if (!spec.choices.empty() && std::ranges::find(spec.choices, text) == spec.choices.end())
        return fmt::format("one of \"{}\"", fmt::join(spec.choices, "\", \""));
    return OptionValue(std::string(text));
}

std::string expected_integer(OptionSpec const& spec) {
    bool const has_floor = spec.at_least != INT64_MIN;
    bool const has_ceiling = spec.at_most != INT64_MAX;
    if (has_floor && has_ceiling)
        return fmt::format("a whole number from {} to {}", spec.at_least, spec.at_most);
    if (has_floor) return fmt::format("a whole number of at least {}", spec.at_least);
    if (has_ceiling) return fmt::format("a whole number of at most {}", spec.at_most);
    return "a whole number such as 3";
}

Parsed parse_integer(OptionSpec const& spec, std::string_view text) {
    std::int64_t value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    bool const whole = error == std::errc{} && end == text.data() + text.size();
    if (!whole || value < spec.at_least || value > spec.at_most) return expected_integer(spec);
    return OptionValue(value);
}

Parsed parse_flag(std::string_view text) {
    if (text == "true") return OptionValue(true);
    if (text == "false") return OptionValue(false);
    return std::string("true or false");
}

/// "db1,db2" or "leader": names joined by commas.
Parsed parse_roles(std::string_view text) {
    Roles roles;
    while (true) {
        std::size_t const comma = text.find(',');
        std::string_view const name = text.substr(0, comma);
        if (name.empty()) return std::string("a role such as \"leader\", or a node's name");
        roles.names.emplace_back(name);
        if (comma == std::string_view::npos) return OptionValue(std::move(roles));
        text.remove_prefix(comma + 1);
    }
}

/// `["ls", "-l"]`, as in a file.
Parsed parse_words(std::string_view text) {
    constexpr std::string_view expected = R"(a list of texts such as ["ls", "-l"])";
    Mistakes mistakes;
    FileMistakes of_text("", mistakes);
    auto const list = parse_json(text, of_text);
    if (!list || !mistakes.empty() || list->kind != Value::Kind::array)
        return std::string(expected);
    Words words;
    for (Value const& item : list->items) {
        if (item.kind != Value::Kind::string) return std::string(expected);
        words.list.push_back(item.text);
    }
    return OptionValue(std::move(words));
}

/// As JSON; bytes that are no ASCII stay as they are.
std::string json_string(std::string_view text) {
    std::string out = "\"";
    for (char const c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (static_cast<unsigned char>(c) < 0x20)
            out += fmt::format("\\u{:04x}", static_cast<int>(c));
        else
            out += c;
    }
    return out + "\"";
}

}  // namespace

template <class T>
T const& Options::value_of(std::string_view name) const {
    auto const found = values_.find(name);
    if (found == values_.end() || !std::holds_alternative<T>(found->second)) {
        std::fprintf(stderr,
                     "interregnum: bug: option %.*s asked for but absent or of another type\n",
                     static_cast<int>(name.size()), name.data());
        std::abort();
    }
    return std::get<T>(found->second);
}

bool Options::has(std::string_view name) const { return values_.contains(name); }
std::string const& Options::text(std::string_view name) const {
    return value_of<std::string>(name);
}
std::int64_t Options::integer(std::string_view name) const { return value_of<std::int64_t>(name); }
bool Options::flag(std::string_view name) const { return value_of<bool>(name); }
Duration Options::duration(std::string_view name) const { return value_of<Duration>(name); }
double Options::rate_per_s(std::string_view name) const { return value_of<Rate>(name).per_s; }
std::uint64_t Options::bytes(std::string_view name) const { return value_of<Bytes>(name).count; }
std::vector<std::string> const& Options::roles(std::string_view name) const {
    return value_of<Roles>(name).names;
}
std::vector<std::string> const& Options::words(std::string_view name) const {
    return value_of<Words>(name).list;
}

void Options::set(std::string name, OptionValue value) {
    values_.insert_or_assign(std::move(name), std::move(value));
}

std::string to_text(OptionValue const& value) {
    struct Print {
        std::string operator()(std::string const& text) const { return text; }
        std::string operator()(std::int64_t number) const { return std::to_string(number); }
        std::string operator()(bool flag) const { return flag ? "true" : "false"; }
        std::string operator()(Duration span) const { return format_duration(span); }
        std::string operator()(Rate rate) const { return fmt::format("{:g}/s", rate.per_s); }
        std::string operator()(Bytes bytes) const { return fmt::format("{}B", bytes.count); }
        std::string operator()(Roles const& roles) const {
            return fmt::format("{}", fmt::join(roles.names, ","));
        }
        std::string operator()(Words const& words) const {
            std::vector<std::string> quoted;
            quoted.reserve(words.list.size());
            for (std::string const& word : words.list) quoted.push_back(json_string(word));
            return fmt::format("[{}]", fmt::join(quoted, ", "));
        }
    };
    return std::visit(Print{}, value);
}

std::variant<OptionValue, std::string> parse_option(OptionSpec const& spec, std::string_view text) {
    switch (spec.type) {
        case OptionType::text:
            return parse_text(spec, text);
        case OptionType::integer:
            return parse_integer(spec, text);
        case OptionType::flag:
            return parse_flag(text);
        case OptionType::role:
            return parse_roles(text);
        case OptionType::words:
            return parse_words(text);
        case OptionType::duration:
            if (auto const span = parse_duration(text)) return OptionValue(*span);
            return std::string("a duration such as \"30s\", \"1m30s\" or \"500ms\"");
        case OptionType::rate:
            if (auto const rate = parse_rate_per_s(text)) return OptionValue(Rate{*rate});
            return std::string("a rate such as \"50/s\"");
        case OptionType::bytes:
            if (auto const bytes = parse_bytes(text)) return OptionValue(Bytes{*bytes});
            return std::string("a size such as \"16MiB\" or \"10MB\"");
    }
    return std::string("a value");
}

Options fallback_options(std::vector<OptionSpec> const& specs) {
    Options options;
    for (OptionSpec const& spec : specs) {
        if (spec.fallback.empty()) continue;
        auto parsed = parse_option(spec, spec.fallback);
        if (auto* value = std::get_if<OptionValue>(&parsed)) {
            options.set(std::string(spec.name), std::move(*value));
            continue;
        }
        std::fprintf(stderr, "interregnum: bug: fallback of option %.*s does not parse\n",
                     static_cast<int>(spec.name.size()), spec.name.data());
        std::abort();
    }
    return options;
}

}  // namespace interregnum
