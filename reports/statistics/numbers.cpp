// SPDX-License-Identifier: MIT
#include "reports/statistics/numbers.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "reports/judge.h"

namespace interregnum {
namespace {

// What one number is written with, and the others beside it, too.
struct Scale {
    double divisor{1};
    int digits{};
    std::string mark;
};

bool is_whole(double value) { return value == std::floor(value) && std::abs(value) < 9e15; }

// By the largest finite one: below a second two digits of seconds say too little.
Scale scale_for(std::initializer_list<double> values, Unit unit) {
    double largest = 0;
    bool whole = true;
    for (double const value : values) {
        if (!std::isfinite(value)) continue;
        largest = std::max(largest, std::abs(value));
        whole = whole && is_whole(value);
    }
    if (unit == Unit::duration) {
        bool const fine = largest > 0 && largest < 1e9;
        return {.divisor = fine ? 1e6 : 1e9, .digits = 2, .mark = fine ? " ms" : " s"};
    }
    return {.digits = whole ? 0 : 1, .mark = unit == Unit::bytes ? " B" : ""};
}

std::string write(double value, Scale const& scale) {
    if (std::isinf(value)) return "no end";
    if (scale.divisor == 1 && scale.digits == 0)
        return format_count(static_cast<std::int64_t>(value));
    return fmt::format("{:.{}f}", value / scale.divisor, scale.digits);
}

}  // namespace

std::string show_number(double value, Unit unit) {
    Scale const scale = scale_for({value}, unit);
    return std::isinf(value) ? "no end" : write(value, scale) + scale.mark;
}

std::string show_bounded(Bounded const& value, Unit unit) {
    Scale const scale = scale_for({value.low, value.best, value.high}, unit);
    if (std::isinf(value.high)) return "at least " + write(value.low, scale) + scale.mark;
    std::string best = write(value.best, scale) + scale.mark;
    std::string const low = write(value.low, scale);
    std::string const high = write(value.high, scale);
    return low == high ? best : fmt::format("{} ({} to {})", best, low, high);
}

std::string show_interval(Interval const& interval, Unit unit) {
    Scale const scale = scale_for({interval.low, interval.high}, unit);
    std::string const low = write(interval.low, scale);
    std::string const high = write(interval.high, scale);
    if (low == high) return low + scale.mark;
    return fmt::format("{} to {}{}", low, high, std::isinf(interval.high) ? "" : scale.mark);
}

std::string count_verdicts(std::vector<RunSummary> const& runs) {
    constexpr std::array order{Verdict::pass, Verdict::inconclusive, Verdict::aborted,
                               Verdict::fail, Verdict::error};
    std::vector<std::string> parts;
    for (Verdict const verdict : order) {
        auto const count = std::ranges::count(runs, verdict, &RunSummary::verdict);
        if (count > 0) parts.push_back(fmt::format("{} {}", count, verdict_key(verdict)));
    }
    return parts.empty() ? "no run" : fmt::format("{}", fmt::join(parts, ", "));
}

std::string count_runs(std::size_t count, std::string_view one) {
    return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

}  // namespace interregnum
