// SPDX-License-Identifier: MIT
#include "harness/scenario/under.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/nearest.h"
#include "harness/scenario/reading.h"
#include "harness/scenario/scenario.h"

namespace interregnum {

namespace {

/// In the order of the enumerators, which is that of precedence.
constexpr std::array<std::string_view, 4> setting_words{"asynchronous", "synchronous", "strict",
                                                        "failsafe"};

bool holds(Setting setting, ClusterSettings const& settings) {
    switch (setting) {
        case Setting::asynchronous:
            return !settings.synchronous;
        case Setting::synchronous:
            return settings.synchronous;
        case Setting::strict:
            return settings.synchronous && settings.strict;
        case Setting::failsafe:
            return settings.failsafe;
    }
    return false;
}

void lay_over(InForce& made, Under const& under) {
    std::erase_if(made.expectations, [&](record::Expectation const& one) {
        return std::ranges::find(under.expectations, one.measure, &record::Expectation::measure) !=
               under.expectations.end();
    });
    made.expectations.insert(made.expectations.end(), under.expectations.begin(),
                             under.expectations.end());
    if (under.by_design) made.by_design = *under.by_design;
    if (under.why) made.why = *under.why;
}

/// What one setting changes, in words.
std::string changes(Under const& under) {
    std::vector<std::string> said;
    said.reserve(under.expectations.size() + 1);
    for (record::Expectation const& one : under.expectations) said.push_back(one.text);
    if (under.by_design)
        said.emplace_back(under.by_design->empty() ? "customers are served" : "down by design");
    return fmt::format(
        "{} ({})", to_string(under.setting),
        said.empty() ? "for another reason" : fmt::format("{}", fmt::join(said, ", ")));
}

}  // namespace

std::string_view to_string(Setting setting) {
    return setting_words.at(static_cast<std::size_t>(setting));
}

InForce in_force(Scenario const& scenario, std::optional<ClusterSettings> const& settings) {
    InForce made{.expectations = scenario.expectations,
                 .by_design = scenario.by_design,
                 .why = scenario.why};
    if (scenario.under.empty()) return made;
    if (!settings) {
        made.note =
            "Patroni's configuration could not be read: expected is what the scenario says without "
            "any of its settings";
        return made;
    }
    std::vector<std::string> decided;
    for (Under const& under : scenario.under) {
        if (!holds(under.setting, *settings)) continue;
        lay_over(made, under);
        decided.push_back(changes(under));
    }
    if (!decided.empty())
        made.note = fmt::format("expected under Patroni's settings: {}", fmt::join(decided, "; "));
    return made;
}

namespace reading {

namespace {

constexpr std::string_view by_design_key = "by_design";
constexpr std::string_view why_key = "why";
/// Bytes of a sentence that a line of a report can hold.
constexpr std::size_t longest_sentence = 500;

/// A text that reports show within a line of theirs, so without a full stop at its end.
std::optional<std::string> read_sentence(ObjectReader& from, std::string_view key) {
    auto text = from.text(key);
    if (!text) return std::nullopt;
    if (!is_one_line(*text) || text->size() > longest_sentence)
        from.wrong(key, fmt::format("expected one line of at most {} bytes without control "
                                    "characters",
                                    longest_sentence));
    return text;
}

std::string without_full_stop(std::string text) {
    if (text.ends_with('.')) text.pop_back();
    return text;
}

/// Under a setting `false` takes the scenario's own back.
std::optional<std::string> read_by_design(ObjectReader& from) {
    Value const* const value = from.value(by_design_key);
    if (value == nullptr) return std::nullopt;
    if (value->kind == Value::Kind::boolean) {
        if (value->boolean)
            from.wrong(by_design_key,
                       "expected one sentence that says why nobody may serve then, or false");
        return "";
    }
    auto text = read_sentence(from, by_design_key);
    if (text) text = without_full_stop(std::move(*text));
    return text;
}

/// The measure that an `--expect` is about.
std::string_view measure_asked(std::string_view expect) {
    expect = expect.substr(0, expect.find_first_of("<>="));
    std::size_t const first = expect.find_first_not_of(' ');
    if (first == std::string_view::npos) return {};
    return expect.substr(first, expect.find_last_not_of(' ') - first + 1);
}

Under read_one(Setting setting, Value const& value, std::string path, FileMistakes& mistakes,
               std::vector<std::string> const& expects) {
    Under made{.setting = setting};
    ObjectReader reader(value, std::move(path), mistakes);
    made.expectations = read_expect(reader);
    for (std::string const& asked : expects)
        std::erase_if(made.expectations, [&](record::Expectation const& one) {
            return one.measure == measure_asked(asked);
        });
    made.by_design = read_by_design(reader);
    made.why = read_sentence(reader, why_key);
    reader.finish();
    return made;
}

}  // namespace

std::vector<std::string> const& setting_names() {
    static std::vector<std::string> const names(setting_words.begin(), setting_words.end());
    return names;
}

void read_reasons(ObjectReader& top, Scenario& scenario) {
    if (auto why = read_sentence(top, why_key)) scenario.why = std::move(*why);
    if (auto reason = read_sentence(top, by_design_key))
        scenario.by_design = without_full_stop(std::move(*reason));
}

std::vector<Under> read_under(ObjectReader& top, std::vector<std::string> const& expects) {
    std::vector<Under> made;
    Value const* const given = top.value("under");
    if (given == nullptr) return made;
    ObjectReader reader(*given, top.path_of("under"), top.mistakes());
    for (std::size_t index = 0; index < setting_words.size(); ++index)
        if (Value const* const value = reader.value(setting_words.at(index)))
            made.push_back(read_one(static_cast<Setting>(index), *value,
                                    reader.path_of(setting_words.at(index)), top.mistakes(),
                                    expects));
    reader.finish();
    return made;
}

}  // namespace reading

}  // namespace interregnum
