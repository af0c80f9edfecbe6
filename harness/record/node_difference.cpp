// SPDX-License-Identifier: MIT
#include "harness/record/node_difference.h"

#include <charconv>
#include <optional>
#include <set>

#include <fmt/format.h>

namespace interregnum::record {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view between = " ms, uncertain by ";
constexpr std::string_view last = " ms";
constexpr Duration a_boot_may_move_it = 1100ms;

std::optional<Duration> milliseconds(std::string_view text) {
    std::int64_t value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    // Beyond a century nothing was measured; and it would not fit.
    constexpr std::int64_t most = 100LL * 366 * 86'400'000;
    if (error != std::errc{} || end != text.data() + text.size() || value > most || value < -most)
        return std::nullopt;
    return std::chrono::milliseconds(value);
}

struct ClockReading {
    Duration offset{};
    Duration uncertain{};
};

std::optional<ClockReading> read_clock(std::string_view text) {
    auto const middle = text.find(between);
    if (middle == std::string_view::npos || !text.ends_with(last)) return std::nullopt;
    auto const offset = milliseconds(text.substr(0, middle));
    text.remove_prefix(middle + between.size());
    if (text.size() < last.size()) return std::nullopt;
    auto const uncertain = milliseconds(text.substr(0, text.size() - last.size()));
    if (!offset || !uncertain) return std::nullopt;
    return ClockReading{.offset = *offset, .uncertain = *uncertain};
}

/// Nothing where one of the two is no reading: then the texts decide.
std::optional<bool> clock_moved(std::string_view before, std::string_view after) {
    auto const was = read_clock(before);
    auto const is = read_clock(after);
    if (!was || !is) return std::nullopt;
    Duration const apart = std::chrono::abs(is->offset - was->offset);
    return apart > was->uncertain + is->uncertain + a_boot_may_move_it;
}

std::string const* value_of(NodeState const& state, std::string const& name) {
    auto const found = state.facts.find(name);
    return found == state.facts.end() ? nullptr : &found->second;
}

std::string shown(std::string const* value) {
    return value == nullptr ? "not there" : '"' + *value + '"';
}

}  // namespace

std::string clock_text(Duration offset, Duration uncertain) {
    return fmt::format("{}{}{}{}", std::chrono::round<std::chrono::milliseconds>(offset).count(),
                       between, std::chrono::ceil<std::chrono::milliseconds>(uncertain).count(),
                       last);
}

std::vector<std::string> node_differences(NodeState const& before, NodeState const& after) {
    std::set<std::string> names;
    for (auto const& [name, value] : before.facts) names.insert(name);
    for (auto const& [name, value] : after.facts) names.insert(name);
    auto const same = [&](std::string const& name) {
        std::string const* const was = value_of(before, name);
        std::string const* const is = value_of(after, name);
        if (was == nullptr || is == nullptr) return was == is;
        if (name == clock_fact)
            if (auto const moved = clock_moved(*was, *is)) return !*moved;
        return *was == *is;
    };
    bool const settings_known = same("postgres");
    std::vector<std::string> found;
    for (std::string const& name : names) {
        // What is ours is never meant to be there: also not what no sweep before the drill removed.
        if (std::string const* const is = value_of(after, name);
            name.starts_with("ours.") && is != nullptr && !is->empty() && same(name)) {
            found.push_back(fmt::format("{}: is still {}", name, shown(is)));
            continue;
        }
        if (same(name) || (!settings_known && name.starts_with("setting."))) continue;
        found.push_back(fmt::format("{}: was {}, is {}", name, shown(value_of(before, name)),
                                    shown(value_of(after, name))));
    }
    return found;
}

}  // namespace interregnum::record
