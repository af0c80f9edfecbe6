// SPDX-License-Identifier: MIT
#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/nearest.h"
#include "harness/scenario/document.h"

namespace interregnum {

namespace {

constexpr std::size_t most_tags = 16;
constexpr std::size_t longest_tag = 32;

}  // namespace

namespace reading {

bool is_tag(std::string_view text) {
    return !text.empty() && text.size() <= longest_tag && text.front() >= 'a' &&
           text.front() <= 'z' &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") ==
               std::string_view::npos;
}

std::vector<std::string> read_tags(ObjectReader& top) {
    auto tags = top.text_list("tags");
    if (!tags) return {};
    if (tags->size() > most_tags)
        top.wrong("tags", fmt::format("expected at most {} tags, got {}", most_tags, tags->size()));
    std::set<std::string> seen;
    for (std::string const& tag : *tags) {
        if (!is_tag(tag))
            top.wrong("tags", fmt::format("expected words of a-z, 0-9 and \"-\" with a letter "
                                          "first, at most {} long, got {}",
                                          longest_tag, in_quotes(tag)));
        if (!seen.insert(tag).second)
            top.wrong("tags", fmt::format("{} is there twice", in_quotes(tag)));
    }
    return std::move(*tags);
}

}  // namespace reading

Result<std::vector<std::string>> shipped_with_tag(std::string const& tag) {
    std::vector<std::string> names;
    std::set<std::string> tags;
    for (std::string const& name : shipped_scenarios()) {
        Mistakes ignored;
        auto const file = find_scenario(name);
        auto const scenario =
            file ? load_scenario(*file, {}, {}, ignored) : std::unexpected(file.error());
        if (!scenario) continue;
        tags.insert(scenario->tags.begin(), scenario->tags.end());
        if (std::ranges::find(scenario->tags, tag) != scenario->tags.end()) names.push_back(name);
    }
    if (!names.empty()) return names;
    std::vector<std::string> const known(tags.begin(), tags.end());
    std::string hint = did_you_mean(tag, known);
    if (hint.empty() && !known.empty())
        hint = fmt::format(" (there are: {})", fmt::join(known, ", "));
    return fail(Error::Kind::not_found,
                fmt::format("no scenario that ships has the tag {}{}", in_quotes(tag), hint));
}

}  // namespace interregnum
