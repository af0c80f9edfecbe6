// SPDX-License-Identifier: MIT
#include "reports/statistics/read_summary.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "harness/base/json_document.h"

namespace interregnum {
namespace {

constexpr JsonLimits limits{.bytes = std::size_t{16} << 20U, .depth = 32, .values = 1'000'000};
constexpr std::size_t longest_text = 1000;
constexpr std::size_t most_measures = 1000;

/// Reads values of one file; the first thing that is wrong stays.
class Reader {
public:
    std::string wrong;

    Value const* find(Value const& object, std::string_view key, Value::Kind kind,
                      std::string const& path) {
        Value const* const value = object.find(key);
        if (value != nullptr && value->kind == kind) return value;
        complain(join_path(path, key), value == nullptr ? "is missing" : "is " + show(*value));
        return nullptr;
    }

    std::string text(Value const& object, std::string_view key, std::string const& path) {
        Value const* const value = find(object, key, Value::Kind::string, path);
        return value == nullptr ? "" : plain(value->text);
    }

    std::int64_t whole(Value const& object, std::string_view key, std::string const& path) {
        Value const* const value = find(object, key, Value::Kind::number, path);
        if (value == nullptr) return 0;
        if (!value->integer) complain(join_path(path, key), "is " + show(*value));
        return value->integer.value_or(0);
    }

    void complain(std::string const& path, std::string const& what) {
        if (wrong.empty()) wrong = fmt::format("{} {}", path, what);
    }

    static std::string plain(std::string_view text) {
        std::string clean(text.substr(0, longest_text));
        std::ranges::replace_if(
            clean,
            [](char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F; },
            '?');
        return clean;
    }
};

std::optional<Verdict> verdict_of(std::string_view word) {
    static constexpr std::array<std::pair<std::string_view, Verdict>, 5> words{
        {{"pass", Verdict::pass},
         {"fail", Verdict::fail},
         {"inconclusive", Verdict::inconclusive},
         {"error", Verdict::error},
         {"aborted", Verdict::aborted}}};
    for (auto const& [key, verdict] : words)
        if (key == word) return verdict;
    return std::nullopt;
}

std::optional<Unit> unit_of(std::string_view word) {
    if (word == "ns") return Unit::duration;
    if (word == "bytes") return Unit::bytes;
    if (word == "count") return Unit::count;
    return std::nullopt;
}

// "2026-11-22T03:10:44.123Z": it is sorted and cut as text, so it has to have that shape.
bool is_instant(std::string_view text) {
    constexpr std::string_view shape = "dddd-dd-ddTdd:dd:dd.dddZ";
    if (text.size() != shape.size()) return false;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        bool const digit = text[i] >= '0' && text[i] <= '9';
        if (shape[i] == 'd' ? !digit : text[i] != shape[i]) return false;
    }
    return true;
}

RunSummary::Measured measured(Reader& reader, Value const& value, std::string const& path) {
    RunSummary::Measured made;
    if (value.kind != Value::Kind::object) {
        reader.complain(path, "is " + show(value));
        return made;
    }
    std::string const unit_word = reader.text(value, "unit", path);
    if (auto const unit = unit_of(unit_word))
        made.unit = *unit;
    else
        reader.complain(path, "has the unit \"" + unit_word + "\"");
    Value const* const known = reader.find(value, "known", Value::Kind::boolean, path);
    if (known == nullptr) return made;
    made.value.known = known->boolean;
    if (!made.value.known) {
        made.value.why_unknown = reader.text(value, "why", path);
        return made;
    }
    made.value.best = reader.whole(value, "best", path);
    made.value.at_least = reader.whole(value, "at_least", path);
    Value const* const most = value.find("at_most");
    bool const open = most != nullptr && most->kind == Value::Kind::null;
    made.value.at_most = open ? unbounded : reader.whole(value, "at_most", path);
    if (made.value.at_least > made.value.best || made.value.best > made.value.at_most)
        reader.complain(path, "has bounds that do not hold its best value");
    return made;
}

std::uint64_t seed_of(Reader& reader, Value const& run) {
    Value const* const value = reader.find(run, "seed", Value::Kind::number, "run");
    if (value == nullptr) return 0;
    std::uint64_t seed = 0;
    char const* const end = value->text.data() + value->text.size();
    auto const [stop, error] = std::from_chars(value->text.data(), end, seed);
    if (error != std::errc{} || stop != end) reader.complain("run.seed", "is " + show(*value));
    return seed;
}

void read_run(Reader& reader, Value const& root, RunSummary& summary) {
    Value const* const run = reader.find(root, "run", Value::Kind::object, "");
    if (run == nullptr) return;
    summary.id = reader.text(*run, "id", "run");
    summary.scenario = reader.text(*run, "scenario", "run");
    summary.cluster = reader.text(*run, "cluster", "run");
    summary.version = reader.text(*run, "version", "run");
    summary.started = reader.text(*run, "started", "run");
    summary.seed = seed_of(reader, *run);
    if (summary.id.empty() || summary.scenario.empty())
        reader.complain("run", "names no run or no scenario");
    if (!is_instant(summary.started))
        reader.complain("run.started", "is not like 2026-11-22T03:10:44.123Z");
}

void read_measures(Reader& reader, Value const& root, RunSummary& summary) {
    Value const* const measures = reader.find(root, "measures", Value::Kind::object, "");
    if (measures == nullptr) return;
    if (measures->members.size() > most_measures) {
        reader.complain("measures", fmt::format("has more than {} entries", most_measures));
        return;
    }
    for (Member const& member : measures->members)
        summary.measures[Reader::plain(member.key)] =
            measured(reader, member.value, join_path("measures", member.key));
}

bool is_true(Value const* value) {
    return value != nullptr && value->kind == Value::Kind::boolean && value->boolean;
}

/// How the run came to its end.
void read_end(Value const& root, RunSummary& summary) {
    summary.not_undone = is_true(root.find("not_undone"));
    summary.undecided = is_true(root.find("undecided"));
    Value const* const run = root.find("run");
    if (run == nullptr) return;
    if (Value const* const ended = run->find("ended"))
        summary.interrupted = ended->text == "interrupted" || ended->text == "killed";
    Value const* const length = run->find("length_ns");
    if (length != nullptr && length->integer && *length->integer > 0)
        summary.length = Duration(*length->integer);
}

// Of none of them is anything wrong when it is missing: older versions did not write it.
void read_extras(Value const& root, RunSummary& summary) {
    read_end(root, summary);
    if (Value const* const splits = root.find("splits")) {
        Value const* const with = splits->find("etcd_leader_with_leader");
        if (with != nullptr && with->kind == Value::Kind::boolean)
            summary.etcd_with_leader = with->boolean;
    }
    Value const* const expectations = root.find("expectations");
    if (expectations == nullptr) return;
    for (Value const& item : expectations->items) {
        Value const* const name = item.find("measure");
        if (name == nullptr || name->kind != Value::Kind::string) continue;
        if (summary.limited.size() < most_measures)
            summary.limited.push_back(Reader::plain(name->text));
    }
}

}  // namespace

Result<RunSummary> read_summary(std::string_view json) {
    Mistakes mistakes;
    FileMistakes file("", mistakes);
    auto const root = parse_json(json, file, limits);
    if (!root || !mistakes.empty()) {
        if (mistakes.empty()) return fail(Error::Kind::invalid, "is no JSON");
        Mistake const& first = mistakes.all.front();
        return fail(Error::Kind::invalid,
                    fmt::format("line {}, column {}: {}", first.line, first.column, first.message));
    }
    if (root->kind != Value::Kind::object)
        return fail(Error::Kind::invalid, "expected an object, it is " + show(*root));
    Reader reader;
    RunSummary summary;
    if (reader.whole(*root, "schema", "") != 1)
        reader.complain("schema", "is not 1, the only one that this version knows");
    std::string const word = reader.text(*root, "verdict", "");
    auto const verdict = verdict_of(word);
    if (!verdict) reader.complain("verdict", "is \"" + word + "\", which is none");
    summary.verdict = verdict.value_or(Verdict::error);
    summary.because = reader.text(*root, "because", "");
    read_run(reader, *root, summary);
    read_measures(reader, *root, summary);
    read_extras(*root, summary);
    if (!reader.wrong.empty()) return fail(Error::Kind::invalid, reader.wrong);
    return summary;
}

}  // namespace interregnum
