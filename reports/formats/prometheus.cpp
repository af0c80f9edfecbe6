// SPDX-License-Identifier: MIT
#include <array>

#include <fmt/format.h>

#include "harness/format.h"
#include "reports/judge.h"

/// The text format of Prometheus (prometheus.io/docs/instrumenting/exposition_formats), for the
/// textfile collector of a node exporter or a push gateway: what a nightly job has measured.
namespace interregnum {
namespace {

// A label's value: backslash, quote and line feed are escaped.
std::string value_of_label(std::string_view text) {
    std::string safe;
    for (char const c : text) {
        if (c == '\\' || c == '"') safe += '\\';
        if (c == '\n')
            safe += "\\n";
        else
            safe += c;
    }
    return safe;
}

struct Family {
    Unit unit;
    std::string_view name;
    std::string_view help;
};

// Base units, as Prometheus wants them: seconds, not nanoseconds.
constexpr std::array<Family, 3> families{
    {{Unit::duration, "interregnum_duration_seconds", "A duration that a drill measured."},
     {Unit::count, "interregnum_count", "A count that a drill measured."},
     {Unit::bytes, "interregnum_bytes", "A size that a drill measured."}}};

std::string number(std::int64_t value, Unit unit) {
    if (value == unbounded) return "+Inf";
    if (unit != Unit::duration) return std::to_string(value);
    return fmt::format("{}", static_cast<double>(value) / 1e9);
}

std::string render(record::Record const& record, Judgement const& judgement) {
    std::string const labels =
        fmt::format(R"(cluster="{}",scenario="{}")", value_of_label(record.run.cluster),
                    value_of_label(record.run.scenario));
    std::string text;
    for (Family const& family : families) {
        std::string samples;
        for (MeasureKind const* kind : Registry<MeasureKind>::all()) {
            auto const found = judgement.measures.find(kind->name);
            if (kind->unit != family.unit || found == judgement.measures.end()) continue;
            MeasureValue const& value = found->second;
            if (!value.known) continue;
            auto const sample = [&](char const* bound, std::int64_t is) {
                samples += fmt::format("{}{{{},measure=\"{}\",bound=\"{}\"}} {}\n", family.name,
                                       labels, kind->name, bound, number(is, family.unit));
            };
            sample("at_least", value.at_least);
            sample("best", value.best);
            sample("at_most", value.at_most);
        }
        if (!samples.empty())
            text += fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n{2}", family.name, family.help,
                                samples);
    }
    text += "# HELP interregnum_verdict 1 for the verdict of the last drill, 0 for the others.\n";
    text += "# TYPE interregnum_verdict gauge\n";
    for (Verdict const verdict :
         {Verdict::pass, Verdict::fail, Verdict::inconclusive, Verdict::error, Verdict::aborted})
        text += fmt::format("interregnum_verdict{{{},verdict=\"{}\"}} {}\n", labels,
                            verdict_key(verdict), judgement.verdict == verdict ? 1 : 0);
    text += "# HELP interregnum_started_seconds When the last drill began, since 1970.\n";
    text += "# TYPE interregnum_started_seconds gauge\n";
    text += fmt::format("interregnum_started_seconds{{{}}} {}\n", labels,
                        record.run.wall_start_ns / 1'000'000'000);
    return text;
}

RegisterFormat const registered{{.name = "prometheus",
                                 .summary = "measures for Prometheus' textfile collector",
                                 .file = "metrics.prom",
                                 .render = render}};

}  // namespace
}  // namespace interregnum
