// SPDX-License-Identifier: MIT
#include "reports/expected.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/base/units.h"

namespace interregnum {
namespace {

bool holds(std::string_view op, std::int64_t value, std::int64_t limit) {
    if (op == "<=") return value <= limit;
    if (op == ">=") return value >= limit;
    if (op == "<") return value < limit;
    if (op == ">") return value > limit;
    return value == limit;
}

std::string trimmed(double value) {
    std::string text = fmt::format("{:.3f}", value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text;
}

}  // namespace

Verdict hold(record::Expectation const& expectation, MeasureValue const& value) {
    if (!value.known) return Verdict::inconclusive;
    bool const low = holds(expectation.op, value.at_least, expectation.limit);
    bool const high = holds(expectation.op, value.at_most, expectation.limit);
    // Every operator but == holds on a half line, so both bounds speak for all between them.
    if (low && high) return Verdict::pass;
    bool const equal_inside = expectation.op == "==" && value.at_least <= expectation.limit &&
                              expectation.limit <= value.at_most;
    return low || high || equal_inside ? Verdict::inconclusive : Verdict::fail;
}

Verdict unless_allowed(record::Record const& record, std::string_view measure, std::int64_t value) {
    bool stated = false;
    for (auto const& expectation : record.run.expectations) {
        if (expectation.measure != measure) continue;
        stated = true;
        if (!holds(expectation.op, value, expectation.limit)) return Verdict::fail;
    }
    return stated ? Verdict::pass : Verdict::fail;
}

Verdict unless_forbidden(record::Record const& record, std::string_view measure,
                         std::int64_t value) {
    bool const broken = std::ranges::any_of(record.run.expectations, [&](auto const& expectation) {
        return expectation.measure == measure && !holds(expectation.op, value, expectation.limit);
    });
    return broken ? Verdict::fail : Verdict::pass;
}

Class class_of_measure(std::string_view measure) {
    static constexpr std::array<std::string_view, 6> safety{"duplicated",    "oversold",
                                                            "split_brain",   "split_brain.time",
                                                            "fences.broken", "tasks.repeated"};
    static constexpr std::array<std::string_view, 5> durability{"lost", "ghost", "cache.lost",
                                                                "carts.lost", "tasks.lost"};
    if (std::ranges::find(safety, measure) != safety.end()) return Class::safety;
    if (std::ranges::find(durability, measure) != durability.end()) return Class::durability;
    return Class::availability;
}

std::string show(MeasureValue const& value, Unit unit) {
    if (!value.known) return fmt::format("not known ({})", value.why_unknown);
    // Below a second two digits of seconds say too little of a latency.
    bool const fine = unit == Unit::duration && value.best > 0 && value.best < 1'000'000'000 &&
                      (value.at_most < 1'000'000'000 || value.at_most == unbounded);
    auto const number = [&](std::int64_t of) {
        if (unit != Unit::duration) return format_count(of);
        return fmt::format("{:.2f}", static_cast<double>(of) / (fine ? 1e6 : 1e9));
    };
    std::string const mark =
        unit == Unit::duration ? (fine ? " ms" : " s") : (unit == Unit::bytes ? " B" : "");
    if (value.at_most == unbounded) return "at least " + number(value.at_least) + mark;
    std::string best = number(value.best) + mark;
    if (value.at_least == value.at_most) return best;
    return fmt::format("{} ({} to {})", best, number(value.at_least), number(value.at_most));
}

std::string show_side(record::Expectation const& expectation, Unit unit) {
    std::string const limit = show_limit(expectation.limit, unit);
    return expectation.op.starts_with('>') ? fmt::format("expected {} {}", expectation.op, limit)
                                           : "limit " + limit;
}

std::string show_limit(std::int64_t limit, Unit unit) {
    if (unit == Unit::duration) return trimmed(static_cast<double>(limit) / 1e9) + " s";
    return format_count(limit) + (unit == Unit::bytes ? " B" : "");
}

}  // namespace interregnum
