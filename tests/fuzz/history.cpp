// SPDX-License-Identifier: MIT
// Somebody's history, judged by every model: both ways to read a line agree, how the file is cut
// makes no difference, and no judgement takes longer than it was given.
#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "harness/history_model.h"
#include "reports/checkers/history_reader.h"
#include "tests/fuzz/fuzz.h"

namespace interregnum::fuzz {
namespace {

using namespace checkers;

Shape anything() {
    Shape shape{.model = "any"};
    for (Action const action : {Action::read, Action::write, Action::cas, Action::append,
                                Action::add, Action::transfer, Action::buy, Action::cancel})
        shape.rules.push_back({.action = action, .expected = "anything", .reasons = true});
    return shape;
}

std::string shown(Value value, Tables& tables) {
    History history;
    std::swap(history.texts, tables.texts);
    std::swap(history.lists, tables.lists);
    std::string text = history.show(value);
    std::swap(history.texts, tables.texts);
    std::swap(history.lists, tables.lists);
    return text;
}

void compare_ways(std::string_view line, Shape const& shape) {
    Tables of_scan;
    Event scanned;
    if (!scan_line(line, shape, of_scan, scanned)) return;
    Tables of_parser;
    Event parsed;
    expect(parse_line(line, shape, of_parser, parsed).has_value());
    expect(scanned.ignored == parsed.ignored);
    if (scanned.ignored) return;
    expect(scanned.type == parsed.type && scanned.action == parsed.action);
    expect(scanned.process == parsed.process && scanned.time == parsed.time);
    expect(scanned.index == parsed.index);
    for (Value Event::* part : {&Event::key, &Event::value, &Event::other})
        expect(shown(scanned.*part, of_scan) == shown(parsed.*part, of_parser));
}

std::string summary(std::string_view text, Shape const& shape, ReadOptions const& options) {
    auto const history = read_history(TextSource("h", text), shape, {}, options);
    if (!history) return history.error().message;
    std::string all;
    for (Operation const& operation : history->operations) all += history->show(operation) + "\n";
    return all;
}

void judge(std::string_view text, HistoryModelKind const& model) {
    SteadyClock const clock;
    Options options = fallback_options(model.options);
    for (OptionSpec const& spec : model.options) {
        if (options.has(spec.name)) continue;
        if (spec.type == OptionType::text) options.set(std::string(spec.name), std::string());
        if (spec.required) options.set(std::string(spec.name), std::int64_t{3});
    }
    using namespace std::chrono_literals;
    auto const judgement = model.judge(TextSource("h", text), options,
                                       {.clock = &clock,
                                        .deadline = clock.now() + 100ms,
                                        .search_bytes = std::size_t{16} << 20U,
                                        .progress = {}});
    if (!judgement) return expect(judgement.error().message.starts_with("h"));
    expect(!judgement->sentence.empty());
    expect((judgement->verdict == HistoryVerdict::invalid) == !judgement->findings.empty());
}

}  // namespace
}  // namespace interregnum::fuzz

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace interregnum;
    if (size == 0) return 0;
    std::string_view const text = fuzz::text_of(data + 1, size - 1);
    static checkers::Shape const shape = fuzz::anything();
    for (std::size_t at = 0; at < text.size();) {
        std::size_t const end = std::min(text.find('\n', at), text.size());
        fuzz::compare_ways(text.substr(at, end - at), shape);
        at = end + 1;
    }
    fuzz::expect(fuzz::summary(text, shape, {.threads = 1}) ==
                 fuzz::summary(text, shape, {.threads = 1, .piece = 1U + data[0] % 64U}));
    auto const models = Registry<HistoryModelKind>::all();
    fuzz::judge(text, *models[data[0] % models.size()]);
    return 0;
}
