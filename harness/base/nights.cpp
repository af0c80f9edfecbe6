// SPDX-License-Identifier: MIT
#include "harness/base/nights.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

#include "harness/base/clock.h"
#include "harness/base/units.h"

namespace interregnum {
namespace {

constexpr Duration pause_between = std::chrono::hours(6);
// Less than a day, since a job that is late one night may be early the next.
constexpr Duration longest_night = std::chrono::hours(20);

constexpr std::size_t date_length = 10;  // of "2026-11-22T03:10:44.123Z"
constexpr std::size_t time_at = 11;
constexpr std::size_t time_length = 5;

}  // namespace

std::vector<std::string> night_begins(std::vector<std::string> started) {
    std::ranges::sort(started);
    std::vector<std::string> begins;
    std::optional<Duration> begin;
    std::optional<Duration> last;
    for (std::string& instant : started) {
        std::optional<Duration> const at = parse_wall(instant);
        bool const same =
            at && last && begin && *at - *last < pause_between && *at - *begin < longest_night;
        last = at;
        if (same || (!begins.empty() && begins.back() == instant)) continue;
        begin = at;
        begins.push_back(std::move(instant));
    }
    return begins;
}

std::string night_of(std::string const& started, std::vector<std::string> const& begins) {
    auto const after = std::ranges::upper_bound(begins, started);
    return after == begins.begin() ? started : *std::prev(after);
}

std::string night_name(std::string const& begin, std::vector<std::string> const& begins) {
    std::string date = begin.substr(0, date_length);
    auto const that_day = std::ranges::count_if(
        begins, [&](std::string const& other) { return other.starts_with(date); });
    if (that_day <= 1 || begin.size() < time_at + time_length) return date;
    return date + ' ' + begin.substr(time_at, time_length);
}

}  // namespace interregnum
