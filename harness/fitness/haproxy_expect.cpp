// SPDX-License-Identifier: MIT
#include "harness/fitness/haproxy_expect.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <string_view>
#include <system_error>

#include <regex.h>

namespace interregnum {
namespace {

constexpr std::size_t longest_pattern = 200;  // for three digits nobody needs more

/// Words of a rule that are followed by a value and say nothing of the answer.
bool takes_a_value(std::string_view word) {
    constexpr std::array<std::string_view, 8> words{"min-recv",     "comment",     "ok-status",
                                                    "error-status", "tout-status", "on-success",
                                                    "on-error",     "status-code"};
    return std::ranges::find(words, word) != words.end();
}

/// "200", "200-399".
bool in_range(std::string_view range, int status) {
    int low = 0;
    char const* const end = range.data() + range.size();
    auto const [dash, error] = std::from_chars(range.data(), end, low);
    if (error != std::errc{}) return false;
    int high = low;
    if (dash != end && *dash == '-') std::from_chars(dash + 1, end, high);
    return low <= status && status <= high;
}

/// Nothing where a variable or an escape stands for the list.
std::optional<bool> in_list(std::string_view list, int status) {
    if (list.find_first_not_of("0123456789,-") != std::string_view::npos) return std::nullopt;
    while (true) {
        std::size_t const comma = list.find(',');
        if (in_range(list.substr(0, comma), status)) return true;
        if (comma == std::string_view::npos) return false;
        list.remove_prefix(comma + 1);
    }
}

std::optional<bool> matches(std::string const& pattern, int status) {
    // What means the same in every kind of expression that HAProxy may be built with. Not \d, which
    // is the letter d here, nor {2}: repetitions of repetitions are copied out, and fill the
    // memory.
    constexpr std::string_view alike = "0123456789^$.|()[]-?*+";
    if (pattern.size() > longest_pattern || pattern.find_first_not_of(alike) != std::string::npos)
        return std::nullopt;
    regex_t compiled{};
    if (::regcomp(&compiled, pattern.c_str(), REG_EXTENDED | REG_NOSUB) != 0) return std::nullopt;
    bool const found = ::regexec(&compiled, std::to_string(status).c_str(), 0, nullptr, 0) == 0;
    ::regfree(&compiled);
    return found;
}

std::optional<bool> holds(HttpExpectation const& rule, int status) {
    bool negated = false;
    for (std::size_t at = 0; at + 1 < rule.size(); ++at) {
        std::string_view word = rule[at];
        while (word.starts_with('!')) {  // alone, or before the word
            negated = !negated;
            word.remove_prefix(1);
        }
        if (word.empty()) continue;
        if (takes_a_value(word)) {
            ++at;
            continue;
        }
        std::optional<bool> found;
        if (word == "status") found = in_list(rule[at + 1], status);
        if (word == "rstatus") found = matches(rule[at + 1], status);
        if (found) found = *found != negated;
        return found;
    }
    return std::nullopt;
}

}  // namespace

std::optional<bool> passes_check(std::vector<HttpExpectation> const& rules, int status) {
    if (rules.empty()) return status >= 200 && status < 400;
    bool all_known = true;
    for (HttpExpectation const& rule : rules) {
        auto const one = holds(rule, status);
        if (one && !*one) return false;
        all_known = all_known && one.has_value();
    }
    if (!all_known) return std::nullopt;
    return true;
}

}  // namespace interregnum
