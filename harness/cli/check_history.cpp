// SPDX-License-Identifier: MIT
#include "harness/cli/check_history.h"

#include <variant>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/nearest.h"
#include "harness/cli/history_file.h"
#include "harness/cli/outputs.h"
#include "harness/cli/worse.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t shown_lines = 20;  // of one proof

std::string_view word(HistoryVerdict verdict) {
    switch (verdict) {
        case HistoryVerdict::valid:
            return "valid";
        case HistoryVerdict::invalid:
            return "invalid";
        case HistoryVerdict::unknown:
            break;
    }
    return "unknown";
}

ExitCode code_of(HistoryVerdict verdict) {
    switch (verdict) {
        case HistoryVerdict::valid:
            return ExitCode::pass;
        case HistoryVerdict::invalid:
            return ExitCode::fail;
        case HistoryVerdict::unknown:
            break;
    }
    return ExitCode::inconclusive;
}

Result<HistoryModelKind const*> model_of(std::string const& name) {
    if (HistoryModelKind const* const kind = Registry<HistoryModelKind>::find(name)) return kind;
    std::vector<std::string> names;
    for (HistoryModelKind const* kind : Registry<HistoryModelKind>::all())
        names.emplace_back(kind->name);
    return fail(Error::Kind::invalid,
                fmt::format("there is no model \"{}\"{}; there are {}", name,
                            did_you_mean(name, names), fmt::join(names, ", ")));
}

/// One value of the command line.
Result<OptionValue> read_value(OptionSpec const& spec, std::string const& text) {
    auto value = parse_option(spec, text);
    if (auto const* const expected = std::get_if<std::string>(&value))
        return fail(Error::Kind::invalid,
                    fmt::format("--{}: expected {}, not \"{}\"", spec.name, *expected, text));
    return std::get<OptionValue>(std::move(value));
}

Result<Options> options_of(HistoryModelKind const& model,
                           std::map<std::string, std::string> const& given) {
    Options options = fallback_options(model.options);
    for (OptionSpec const& spec : model.options)  // a text may be empty, which is no fallback
        if (spec.type == OptionType::text && !options.has(spec.name))
            options.set(std::string(spec.name), std::string());
    for (auto const& [name, text] : given) {
        auto const spec = std::ranges::find(model.options, name, &OptionSpec::name);
        if (spec == model.options.end())
            return fail(Error::Kind::invalid,
                        fmt::format("the model {} has no option --{}", model.name, name));
        auto value = read_value(*spec, text);
        if (!value) return std::unexpected(value.error());
        options.set(name, *std::move(value));
    }
    for (OptionSpec const& spec : model.options)
        if (spec.required && !options.has(spec.name))
            return fail(Error::Kind::invalid, fmt::format("the model {} needs --{}: {}", model.name,
                                                          spec.name, spec.doc));
    return options;
}

/// Says on the terminal's error output what is being done, when it takes longer than two seconds.
class Progress {
public:
    explicit Progress(Clock const& clock) : clock_(&clock), next_(clock.now() + 2s) {
        began_ = clock.now();
    }
    void operator()(std::string_view what, double share) {
        Instant const now = clock_->now();
        if (now < next_) return;
        next_ = now + 2s;
        auto const seconds = std::chrono::duration<double>(now - began_).count();
        std::string const part = share < 0 ? "" : fmt::format(" {:.0f} %", share * 100);
        fmt::print(stderr, "interregnum: {}{}, {:.0f} s so far\n", what, part, seconds);
    }

private:
    Clock const* clock_;
    Instant began_;
    Instant next_;
};

Result<HistoryJudgement> judge_file(CheckHistoryFlags const& flags) {
    auto const model = model_of(flags.model);
    if (!model) return std::unexpected(model.error());
    auto const options = options_of(**model, flags.options);
    if (!options) return std::unexpected(options.error());
    auto const within = read_value({.name = "within", .type = OptionType::duration}, flags.within);
    if (!within) return std::unexpected(within.error());
    auto const memory = read_value({.name = "memory", .type = OptionType::bytes}, flags.memory);
    if (!memory) return std::unexpected(memory.error());
    auto const source = open_history(flags.path);
    if (!source) return std::unexpected(source.error());
    SteadyClock const clock;
    return (*model)->judge(**source, *options,
                           {.clock = &clock,
                            .deadline = clock.now() + std::get<Duration>(*within),
                            .search_bytes = std::get<Bytes>(*memory).count,
                            .progress = Progress(clock)});
}

}  // namespace

std::string history_text(HistoryJudgement const& judgement) {
    std::string text;
    for (HistoryFinding const& finding : judgement.findings) {
        text += fmt::format("{}: {}\n", finding.kind, finding.sentence);
        for (std::size_t i = 0; i < finding.proof.size() && i < shown_lines; ++i)
            text += fmt::format("    {}\n", finding.proof[i].text);
        if (finding.proof.size() > shown_lines)
            text += fmt::format("    ... and {} more (all with --json)\n",
                                finding.proof.size() - shown_lines);
    }
    std::string verdict(word(judgement.verdict));
    for (char& letter : verdict) letter = static_cast<char>(letter - 'a' + 'A');
    return text + fmt::format("{}: {}\n", verdict, judgement.sentence);
}

std::string history_json(CheckHistoryFlags const& flags, HistoryJudgement const& judgement) {
    nlohmann::ordered_json json{{"file", flags.path},
                                {"model", flags.model},
                                {"verdict", word(judgement.verdict)},
                                {"sentence", judgement.sentence},
                                {"operations", judgement.operations},
                                {"numbers", nlohmann::ordered_json::object()},
                                {"findings", nlohmann::ordered_json::array()}};
    for (auto const& [name, number] : judgement.numbers) json["numbers"][name] = number;
    for (HistoryFinding const& finding : judgement.findings) {
        nlohmann::ordered_json proof = nlohmann::ordered_json::array();
        for (auto const& [line, shown] : finding.proof)
            proof.push_back({{"line", line}, {"operation", shown}});
        json["findings"].push_back(
            {{"kind", finding.kind}, {"sentence", finding.sentence}, {"proof", std::move(proof)}});
    }
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

ExitCode check_history(CheckHistoryFlags const& flags) {
    auto judgement = judge_file(flags);
    if (!judgement) {
        fmt::print(stderr, "interregnum: {}\n", judgement.error().message);
        return ExitCode::usage;
    }
    if (judgement->operations == 0) {
        judgement->verdict = HistoryVerdict::unknown;
        judgement->sentence = "there is no operation in it";
    }
    return after_writing(
        code_of(judgement->verdict),
        show(flags.json ? history_json(flags, *judgement) : history_text(*judgement)));
}

}  // namespace interregnum
