// SPDX-License-Identifier: MIT
#include "harness/base/units.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <ctime>

#include <fmt/format.h>

namespace interregnum {

namespace {

struct Scale {
    std::string_view name;
    std::int64_t ns;
};
constexpr std::array<Scale, 6> duration_scales{{{"h", 3'600'000'000'000},
                                                {"m", 60'000'000'000},
                                                {"s", 1'000'000'000},
                                                {"ms", 1'000'000},
                                                {"us", 1'000},
                                                {"ns", 1}}};
// Longer than any drill; keeps every sum of durations far from overflow.
constexpr double longest_ns = 30.0 * 24 * 3600 * 1e9;

/// Takes a decimal number ("12", "1.5") off the front of `text`.
std::optional<double> take_number(std::string_view& text) {
    std::size_t length = 0;
    while (length < text.size() &&
           (text[length] == '.' || (text[length] >= '0' && text[length] <= '9')))
        ++length;
    if (length == 0 || text.front() == '.') return std::nullopt;
    double value = 0;
    std::string_view const digits = text.substr(0, length);
    auto const [end, error] = std::from_chars(digits.begin(), digits.end(), value);
    if (error != std::errc{} || end != digits.end()) return std::nullopt;
    text.remove_prefix(length);
    return value;
}

std::string_view take_letters(std::string_view& text) {
    std::size_t length = 0;
    while (length < text.size() && ((text[length] >= 'a' && text[length] <= 'z') ||
                                    (text[length] >= 'A' && text[length] <= 'Z')))
        ++length;
    std::string_view const word = text.substr(0, length);
    text.remove_prefix(length);
    return word;
}

std::tm utc(Duration since_epoch) {
    std::time_t const seconds =
        std::chrono::duration_cast<std::chrono::seconds>(since_epoch).count();
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    return parts;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
    if (text.empty()) return std::nullopt;
    double total = 0;
    std::int64_t previous = INT64_MAX;
    while (!text.empty()) {
        auto const number = take_number(text);
        if (!number) return std::nullopt;
        std::string_view const unit = take_letters(text);
        Scale const* scale = nullptr;
        for (Scale const& known : duration_scales)
            if (known.name == unit) scale = &known;
        // "1m30s" but not "30s1m" or "5s5s": those are slips, not durations.
        if (scale == nullptr || scale->ns >= previous) return std::nullopt;
        previous = scale->ns;
        total += *number * static_cast<double>(scale->ns);
        if (total > longest_ns) return std::nullopt;
    }
    return Duration(std::llround(total));
}

std::optional<double> parse_rate_per_s(std::string_view text) {
    auto const number = take_number(text);
    if (!number) return std::nullopt;
    double seconds = 0;
    if (text == "/s") seconds = 1;
    if (text == "/m") seconds = 60;
    if (text == "/h") seconds = 3600;
    if (seconds == 0) return std::nullopt;
    double const rate = *number / seconds;
    if (!(rate > 0) || rate > 1e6) return std::nullopt;
    return rate;
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
    struct ByteScale {
        std::string_view name;
        double count;
    };
    constexpr std::array<ByteScale, 9> scales{{{"B", 1},
                                               {"kB", 1e3},
                                               {"KB", 1e3},
                                               {"MB", 1e6},
                                               {"GB", 1e9},
                                               {"KiB", 1024},
                                               {"MiB", 1048576},
                                               {"GiB", 1073741824},
                                               {"TiB", 1099511627776.0}}};
    auto const number = take_number(text);
    if (!number) return std::nullopt;
    for (ByteScale const& scale : scales) {
        if (scale.name != text) continue;
        double const bytes = *number * scale.count;
        if (bytes > 1e18) return std::nullopt;
        return static_cast<std::uint64_t>(std::llround(bytes));
    }
    return std::nullopt;
}

std::string format_seconds(Duration span) {
    return fmt::format("{:.2f} s", std::chrono::duration<double>(span).count());
}

std::string format_duration(Duration span) {
    if (span == Duration::zero()) return "0s";
    std::string text;
    std::int64_t rest = span.count();
    if (rest < 0) {
        text = "-";
        rest = -rest;
    }
    for (Scale const& scale : duration_scales) {
        std::int64_t const whole = rest / scale.ns;
        if (whole == 0) continue;
        text += fmt::format("{}{}", whole, scale.name);
        rest -= whole * scale.ns;
    }
    return text;
}

std::string format_count(std::int64_t count) {
    std::string text = std::to_string(count);
    std::size_t const first = count < 0 ? 1 : 0;
    for (std::size_t at = text.size(); at > first + 3; at -= 3) text.insert(at - 3, ",");
    return text;
}

std::string format_wall(Duration since_epoch) {
    std::tm const parts = utc(since_epoch);
    auto const ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count() % 1000;
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                       parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                       ms);
}

std::optional<Duration> parse_wall(std::string_view text) {
    constexpr std::string_view shape = "dddd-dd-ddTdd:dd:dd.dddZ";
    if (text.size() != shape.size()) return std::nullopt;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        bool const digit = text[i] >= '0' && text[i] <= '9';
        if (shape[i] == 'd' ? !digit : text[i] != shape[i]) return std::nullopt;
    }
    auto const part = [&text](std::size_t from, std::size_t length) {
        std::string_view const digits = text.substr(from, length);
        int value = 0;
        std::from_chars(digits.begin(), digits.end(), value);
        return value;
    };
    std::chrono::year_month_day const date{std::chrono::year(part(0, 4)),
                                           std::chrono::month(static_cast<unsigned>(part(5, 2))),
                                           std::chrono::day(static_cast<unsigned>(part(8, 2)))};
    // Nanoseconds of years far away do not fit.
    bool const fits =
        date.year() >= std::chrono::year(1970) && date.year() < std::chrono::year(2200);
    if (!date.ok() || !fits) return std::nullopt;
    return Duration(std::chrono::sys_days(date).time_since_epoch()) +
           std::chrono::hours(part(11, 2)) + std::chrono::minutes(part(14, 2)) +
           std::chrono::seconds(part(17, 2)) + std::chrono::milliseconds(part(20, 3));
}

std::string format_wall_for_file(Duration since_epoch) {
    std::tm const parts = utc(since_epoch);
    return fmt::format("{:04}-{:02}-{:02}T{:02}-{:02}-{:02}", parts.tm_year + 1900,
                       parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace interregnum
