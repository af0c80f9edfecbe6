// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "harness/base/nearest.h"
#include "harness/base/units.h"
#include "harness/scenario/reading.h"

namespace interregnum::reading {

namespace {

// Longer ones first, so that "<" does not take the front of "<=".
constexpr std::array<std::string_view, 5> operators{"<=", ">=", "==", "<", ">"};

std::string_view trimmed(std::string_view text) {
    std::size_t const first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::string_view expected_limit(Unit unit) {
    switch (unit) {
        case Unit::duration:
            return R"(a limit such as "<= 60s", or "0s" for none at all)";
        case Unit::count:
            return "a count such as 1 or \"<= 3\"";
        case Unit::bytes:
            return "a limit such as \"<= 16MiB\"";
    }
    return "a limit";
}

std::optional<std::int64_t> parse_amount(Unit unit, std::string_view text) {
    switch (unit) {
        case Unit::duration: {
            auto const span = parse_duration(text);
            return span ? std::optional(span->count()) : std::nullopt;
        }
        case Unit::bytes: {
            auto const bytes = parse_bytes(text);
            return bytes ? std::optional(static_cast<std::int64_t>(*bytes)) : std::nullopt;
        }
        case Unit::count: {
            std::int64_t count = 0;
            auto const [end, error] =
                std::from_chars(text.data(), text.data() + text.size(), count);
            if (error != std::errc{} || end != text.data() + text.size() || count < 0)
                return std::nullopt;
            return count;
        }
    }
    return std::nullopt;
}

/// "<= 60s" for a measure; a bare amount is the exact count, and for what is measured with an
/// error the most that is allowed, of which "0s" leaves exactly nothing.
std::optional<record::Expectation> parse_limit(MeasureKind const& measure, std::string_view text) {
    record::Expectation made{.measure = std::string(measure.name)};
    std::string_view amount = trimmed(text);
    for (std::string_view const known : operators) {
        if (!amount.starts_with(known)) continue;
        made.op = known;
        amount = trimmed(amount.substr(known.size()));
        break;
    }
    auto const limit = parse_amount(measure.unit, amount);
    if (!limit) return std::nullopt;
    made.limit = *limit;
    if (made.op.empty()) made.op = measure.unit == Unit::count || *limit == 0 ? "==" : "<=";
    made.text = fmt::format("{} {} {}", measure.name, made.op, amount);
    return made;
}

/// The measure of that name, or nullptr with what is wrong.
std::variant<MeasureKind const*, std::string> find_measure(std::string_view name) {
    if (MeasureKind const* const found = Registry<MeasureKind>::find(name)) return found;
    std::vector<std::string> names;
    for (MeasureKind const* known : Registry<MeasureKind>::all()) names.emplace_back(known->name);
    std::string const hint = did_you_mean(name, names);
    return "no such measure" + (hint.empty() ? " (`interregnum list measures` shows all)" : hint);
}

/// One `--expect`: a measure, a comparison and a limit.
std::variant<record::Expectation, std::string> parse_expect(std::string_view text) {
    std::size_t const at = text.find_first_of("<>=");
    if (at == std::string_view::npos)
        return fmt::format(
            "expected a measure, a comparison and a limit, such as "
            "\"write.downtime <= 30s\", got {}",
            in_quotes(text));
    std::string const name(trimmed(text.substr(0, at)));
    auto const found = find_measure(name);
    if (auto const* problem = std::get_if<std::string>(&found))
        return fmt::format("{}: {}", in_quotes(name), *problem);
    MeasureKind const& measure = *std::get<MeasureKind const*>(found);
    if (auto made = parse_limit(measure, text.substr(at))) return std::move(*made);
    return fmt::format("{}: expected {}, got {}", in_quotes(name), expected_limit(measure.unit),
                       in_quotes(trimmed(text.substr(at))));
}

bool states(std::vector<record::Expectation> const& all, std::string_view measure) {
    return std::ranges::find(all, measure, &record::Expectation::measure) != all.end();
}

}  // namespace

MeasureKind const* measure_of(ObjectReader& reader, Member const& member) {
    auto const found = find_measure(member.key);
    if (auto const* kind = std::get_if<MeasureKind const*>(&found)) return *kind;
    reader.mistakes().add(member.at, reader.path_of(member.key), std::get<std::string>(found));
    return nullptr;
}

std::optional<record::Expectation> limit_of(ObjectReader& reader, Member const& member,
                                            MeasureKind const& measure) {
    Value const& value = member.value;
    bool const readable = value.kind == Value::Kind::string || value.from_command_line() ||
                          (measure.unit == Unit::count && value.integer);
    auto made = readable ? parse_limit(measure, value.text) : std::nullopt;
    if (!made)
        reader.mistakes().add(
            value.at, reader.path_of(member.key),
            fmt::format("expected {}, got {}", expected_limit(measure.unit), show(value)));
    return made;
}

std::vector<std::string> const& zero_by_default() {
    static std::vector<std::string> const names = {"lost", "duplicated", "oversold", "ghost",
                                                   "split_brain"};
    return names;
}

std::vector<record::Expectation> read_expect(ObjectReader& of) {
    std::vector<record::Expectation> expectations;
    Value const* const given = of.value("expect");
    if (given == nullptr) return expectations;
    ObjectReader reader(*given, of.path_of("expect"), of.mistakes());
    for (Member const& member : given->members)
        if (MeasureKind const* const measure = measure_of(reader, member))
            if (auto limit = limit_of(reader, member, *measure))
                expectations.push_back(std::move(*limit));
    return expectations;
}

std::vector<record::Expectation> read_expectations(ObjectReader& top,
                                                   std::vector<std::string> const& expects) {
    std::vector<record::Expectation> expectations = read_expect(top);
    std::vector<record::Expectation> asked;
    for (std::string const& text : expects) {
        auto made = parse_expect(text);
        if (auto* good = std::get_if<record::Expectation>(&made))
            asked.push_back(std::move(*good));
        else
            top.mistakes().add({}, "--expect", std::get<std::string>(made));
    }
    std::erase_if(expectations, [&](record::Expectation const& of_file) {
        return states(asked, of_file.measure);
    });
    expectations.insert(expectations.end(), asked.begin(), asked.end());
    for (std::string const& name : zero_by_default())
        if (!states(expectations, name) && Registry<MeasureKind>::find(name) != nullptr)
            expectations.push_back({.measure = name,
                                    .op = "==",
                                    .limit = 0,
                                    .text = name + " == 0",
                                    .by_default = true});
    return expectations;
}

}  // namespace interregnum::reading
