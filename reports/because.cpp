// SPDX-License-Identifier: MIT
#include "reports/because.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "reports/attempt_text.h"
#include "reports/expected.h"

namespace interregnum {
namespace {

using record::EndReason;
using record::Note;

constexpr std::string_view headline = "write.downtime";

// " (limit 60 s)", " (expected >= 30 s)" where the run had one.
std::string limit_of(Judgement const& judgement) {
    for (Judged const& judged : judgement.expectations)
        if (judged.expectation.measure == headline)
            return fmt::format(" ({})", show_side(judged.expectation, Unit::duration));
    return {};
}

MeasureValue value_of(Judgement const& judgement, std::string_view measure) {
    auto const found = judgement.measures.find(measure);
    return found == judgement.measures.end() ? MeasureValue{} : found->second;
}

// Who fared certainly worse than orders on kept connections, which the headline is about: "; new
// connections failed for 4.00 s". Leaving them out would tell of a shop that was open.
std::string worse_off(Judgement const& judgement, MeasureValue const& orders) {
    struct Path {
        std::string_view measure;
        std::string_view sentence;
    };
    constexpr std::array<Path, 2> paths{
        {{"connect.downtime", "new connections failed for {}{}"},
         {"ticket.downtime", "tickets could not be bought for {}{}"}}};
    std::string text;
    for (Path const& path : paths) {
        MeasureValue const value = value_of(judgement, path.measure);
        bool const any = value.known && value.at_most > 0;
        bool const worse = orders.at_most == 0 ? value.best > 0 || value.at_least > 0
                                               : value.at_least > orders.at_most;
        if (!any || !worse || orders.at_most == unbounded) continue;
        bool const open = value.at_most == unbounded;
        text += "; ";
        text += fmt::format(fmt::runtime(path.sentence),
                            format_seconds(Duration(open ? value.at_least : value.best)),
                            open ? " and still in the end" : "");
    }
    return text;
}

std::string buying(Judgement const& judgement) {
    MeasureValue const value = value_of(judgement, headline);
    if (!value.known) return "nobody tried to buy";
    std::string const others = worse_off(judgement, value);
    if (value.best == 0 && value.at_most == 0)
        return others.empty() ? "customers could buy all the time"
                              : "orders on kept connections went through all the time" + others;
    std::string const limit = limit_of(judgement);
    if (value.at_most == unbounded)
        return fmt::format("customers could not buy for {}{} and still could not in the end",
                           format_seconds(Duration(value.at_least)), limit);
    return fmt::format("customers could not buy for {}{}{}", format_seconds(Duration(value.best)),
                       limit, others);
}

// An outage that nobody could have spared customers is told apart from a bug, and one that should
// have come and did not is told, too.
std::string excuse(record::RunStarted const& run, Judgement const& judgement) {
    if (run.by_design.empty()) return {};
    return down_by_design(run, judgement)
               ? fmt::format("; down by design: {}", run.by_design)
               : fmt::format("; it would have been down by design ({}) and was not", run.by_design);
}

std::string losing(Judgement const& judgement) {
    auto const found = judgement.measures.find("lost");
    if (found == judgement.measures.end() || !found->second.known)
        return "what was lost is not known";
    if (found->second.best == 0) return "nothing was lost";
    return plural(found->second.best, "acknowledged purchase") +
           (found->second.best == 1 ? " was lost" : " were lost");
}

void add_once(std::vector<std::string>& to, std::string const& sentence) {
    if (std::ranges::find(to, sentence) == to.end()) to.push_back(sentence);
}

// What failed, the worst first. A failed limit that a finding explains already is left out, and
// so is the one on the headline, which `buying` tells.
std::vector<std::string> failures(Judgement const& judgement) {
    std::vector<std::string> sentences;
    bool data = false;
    for (Finding const& finding : judgement.findings)
        if (finding.verdict == Verdict::fail) {
            add_once(sentences, finding.sentence);
            data = true;
        }
    for (Judged const& judged : judgement.expectations) {
        if (judged.verdict != Verdict::fail || judged.expectation.measure == headline) continue;
        bool const told =
            data && class_of_measure(judged.expectation.measure) != Class::availability;
        if (!told) add_once(sentences, judged.sentence);
    }
    return sentences;
}

std::string join_failures(std::vector<std::string> const& sentences) {
    if (sentences.empty()) return {};
    std::string text = sentences.front();
    if (sentences.size() > 1) text += fmt::format(" (and {} more)", sentences.size() - 1);
    return text + "; ";
}

// Sentences of what decided for `verdict`, most telling first.
std::vector<std::string> doubts(record::Record const& record, Judgement const& judgement) {
    std::vector<std::string> sentences;
    for (bool const about_harness : {true, false})
        for (Finding const& finding : judgement.findings)
            if (finding.verdict == Verdict::inconclusive &&
                (finding.about == Class::harness) == about_harness)
                add_once(sentences, finding.sentence);
    for (Note const& note : record.notes)
        if (note.effect == Note::Effect::inconclusive) add_once(sentences, note.text);
    for (Judged const& judged : judgement.expectations)
        if (judged.verdict == Verdict::inconclusive) add_once(sentences, judged.sentence);
    return sentences;
}

std::vector<std::string> troubles(record::Record const& record, Judgement const& judgement) {
    std::vector<std::string> sentences;
    for (Note const& note : record.notes)
        if (note.effect == Note::Effect::not_undone) add_once(sentences, note.text);
    if (record.ended && record.ended->reason == EndReason::error)
        add_once(sentences, record.ended->detail);
    for (Finding const& finding : judgement.findings)
        if (finding.verdict == Verdict::error) add_once(sentences, finding.sentence);
    for (Note const& note : record.notes)
        if (note.effect == Note::Effect::error) add_once(sentences, note.text);
    return sentences;
}

}  // namespace

bool down_by_design(record::RunStarted const& run, Judgement const& judgement) {
    constexpr std::array<std::string_view, 5> paths{
        "write.downtime", "connect.downtime", "ticket.downtime", "cache.downtime", "read.downtime"};
    return !run.by_design.empty() && std::ranges::any_of(paths, [&](std::string_view path) {
        MeasureValue const value = value_of(judgement, path);
        return value.known && value.at_least > 0;
    });
}

std::string because(record::Record const& record, Judgement const& judgement) {
    std::string felt = fmt::format("{}{}; {}.", buying(judgement), excuse(record.run, judgement),
                                   losing(judgement));
    switch (judgement.verdict) {
        case Verdict::pass:
            return felt;
        case Verdict::fail:
            return join_failures(failures(judgement)) + felt;
        case Verdict::inconclusive:
            return join_failures(doubts(record, judgement)) + felt;
        case Verdict::error:
            return join_failures(troubles(record, judgement)) + felt;
        case Verdict::aborted: {
            std::string const what = judgement.interrupted ? "interrupted" : "aborted";
            std::string const detail = record.ended ? record.ended->detail : "";
            return what + (detail.empty() ? "" : ": " + detail) + "; " + felt;
        }
    }
    return felt;
}

}  // namespace interregnum
