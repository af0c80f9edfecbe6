// SPDX-License-Identifier: MIT
#include "harness/fitness/facts.h"

#include <algorithm>
#include <charconv>

#include <nlohmann/json.hpp>

namespace interregnum {

namespace {

using Json = nlohmann::json;

constexpr std::string_view asked_mark = "asked";
constexpr std::string_view unknown_mark = "unknown.";

/// What came from the network goes to a terminal in the end.
std::string printable(std::string_view text) {
    std::string shown(text.substr(0, FitnessFacts::longest_value));
    std::ranges::replace_if(
        shown,
        [](char letter) {
            auto const byte = static_cast<unsigned char>(letter);
            return (byte < 0x20 && letter != '\t') || byte >= 0x7F;
        },
        '?');
    return shown;
}

std::string_view source_of(std::string_view key) { return key.substr(0, key.find('.')); }

std::string text_of(Json const& leaf) {
    return leaf.is_string() ? leaf.get<std::string>() : leaf.dump();
}

void take_value(FitnessFacts& facts, std::string const& key, Json const& value) {
    if (value.is_object()) {
        for (auto const& [name, inner] : value.items()) take_value(facts, key + "." + name, inner);
    } else if (value.is_array()) {
        for (Json const& inner : value) take_value(facts, key, inner);
    } else if (!value.is_null()) {
        facts.add(key, text_of(value));
    }
}

}  // namespace

std::string in_small_letters(std::string_view text) {
    std::string small(text);
    std::ranges::transform(small, small.begin(), [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    });
    return small;
}

bool says_on(std::string_view value) {
    std::string const small = in_small_letters(value);
    return small == "true" || small == "on" || small == "yes" || small == "1";
}

bool says_off(std::string_view value) {
    std::string const small = in_small_letters(value);
    return small == "false" || small == "off" || small == "no" || small == "0";
}

void FitnessFacts::add(std::string_view key, std::string_view value) {
    if (count_ >= most_values) {
        not_known(source_of(key), "it told more than is read");
        return;
    }
    ++count_;
    values_[printable(key)].push_back(printable(value));
}

void FitnessFacts::replace(std::string_view key, std::string_view value) {
    if (auto const found = values_.find(key); found != values_.end()) values_.erase(found);
    if (!value.empty()) add(key, value);
}

void FitnessFacts::answered(std::string_view source) { answered_[std::string(source)] = true; }

void FitnessFacts::not_known(std::string_view source, std::string_view why) {
    problems_.try_emplace(std::string(source), printable(why));
}

std::optional<std::string_view> FitnessFacts::find(std::string_view key) const {
    auto const found = values_.find(key);
    if (found == values_.end()) return std::nullopt;
    return found->second.front();
}

std::optional<std::int64_t> FitnessFacts::number(std::string_view key) const {
    auto const text = find(key);
    std::int64_t number = 0;
    if (!text) return std::nullopt;
    char const* const end = text->data() + text->size();
    auto const [at, error] = std::from_chars(text->data(), end, number);
    if (error != std::errc{} || at != end) return std::nullopt;
    return number;
}

bool FitnessFacts::on(std::string_view key, bool otherwise) const {
    auto const text = find(key);
    if (!text) return otherwise;
    return says_on(*text);
}

std::vector<std::string> const& FitnessFacts::all(std::string_view key) const {
    static std::vector<std::string> const none;
    auto const found = values_.find(key);
    return found == values_.end() ? none : found->second;
}

bool FitnessFacts::knows(std::string_view source) const {
    return answered_.contains(source) && !problems_.contains(source);
}

std::string FitnessFacts::why_not(std::string_view source) const {
    auto const found = problems_.find(source);
    if (found != problems_.end()) return found->second;
    return answered_.contains(source) ? "" : "it did not say";
}

FitnessNode const* ClusterFacts::leader_node() const {
    auto const found = std::ranges::find(nodes, leader, &FitnessNode::name);
    return found == nodes.end() || leader.empty() ? nullptr : &*found;
}

std::vector<FitnessNode const*> ClusterFacts::group(std::string_view name) const {
    std::vector<FitnessNode const*> found;
    for (FitnessNode const& node : nodes)
        if (node.group == name) found.push_back(&node);
    return found;
}

void take_lines(FitnessFacts& facts, std::string_view text) {
    while (!text.empty()) {
        std::size_t const end = text.find('\n');
        std::string_view const line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        std::size_t const equals = line.find('=');
        if (equals == std::string_view::npos || equals == 0) continue;
        std::string_view const key = line.substr(0, equals);
        std::string_view const value = line.substr(equals + 1);
        if (key == asked_mark)
            facts.answered(value);
        else if (key.starts_with(unknown_mark))
            facts.not_known(key.substr(unknown_mark.size()), value);
        else
            facts.add(key, value);
    }
}

bool take_json(FitnessFacts& facts, std::string_view prefix, std::string_view body) {
    constexpr int deepest = 16;  // deep nesting would exhaust the stack
    auto const shallow = [](int depth, Json::parse_event_t, Json&) { return depth <= deepest; };
    Json const value = Json::parse(body, shallow, /*allow_exceptions=*/false);
    if (!value.is_object()) return false;
    take_value(facts, std::string(prefix), value);
    facts.answered(prefix);
    return true;
}

std::vector<std::string> columns_of(std::string_view value, std::size_t count) {
    std::vector<std::string> columns;
    while (true) {
        std::size_t const tab = value.find('\t');
        columns.emplace_back(value.substr(0, tab));
        if (tab == std::string_view::npos) break;
        value.remove_prefix(tab + 1);
    }
    columns.resize(std::max(columns.size(), count));
    return columns;
}

}  // namespace interregnum
