// SPDX-License-Identifier: MIT
#include "reports/judge.h"

#include <algorithm>

#include <fmt/format.h>

#include "harness/measure.h"
#include "reports/because.h"
#include "reports/certificate.h"
#include "reports/expected.h"
#include "reports/set_aside.h"

namespace interregnum {
namespace {

using record::EndReason;
using record::Note;

bool is_data(Class about) { return about == Class::durability || about == Class::safety; }

bool data_failed(Evidences const& all) {
    return std::ranges::any_of(all.findings,
                               [](Finding const& finding) {
                                   return finding.verdict == Verdict::fail &&
                                          is_data(finding.about);
                               }) ||
           std::ranges::any_of(all.expectations, [](Judged const& judged) {
               return judged.verdict == Verdict::fail &&
                      is_data(class_of_measure(judged.expectation.measure));
           });
}

bool any_note(Evidences const& all, Note::Effect effect) {
    return std::ranges::any_of(all.notes,
                               [effect](Note const& note) { return note.effect == effect; });
}

bool harness_broke(Evidences const& all) {
    return !all.ended || all.ended->reason == EndReason::error ||
           any_note(all, Note::Effect::error) || any_note(all, Note::Effect::not_undone) ||
           std::ranges::any_of(all.findings, [](Finding const& finding) {
               return finding.verdict == Verdict::error;
           });
}

bool proves_nothing(Evidences const& all) {
    return any_note(all, Note::Effect::inconclusive) ||
           std::ranges::any_of(all.findings, [](Finding const& finding) {
               return finding.verdict == Verdict::inconclusive && finding.about == Class::harness;
           });
}

bool any_is(Evidences const& all, Verdict verdict) {
    return std::ranges::any_of(
               all.findings,
               [verdict](Finding const& finding) { return finding.verdict == verdict; }) ||
           std::ranges::any_of(all.expectations, [verdict](Judged const& judged) {
               return judged.verdict == verdict;
           });
}

Judged judge_expectation(record::Expectation const& expectation, Judgement const& judgement,
                         bool completed) {
    Judged judged{.expectation = expectation};
    MeasureKind const* const kind = Registry<MeasureKind>::find(expectation.measure);
    Unit const unit = kind == nullptr ? Unit::count : kind->unit;
    if (kind == nullptr)
        judged.value.why_unknown = "this version has no such measure";
    else
        judged.value = judgement.measures.at(expectation.measure);
    judged.verdict = hold(expectation, judged.value);
    judged.sentence =
        fmt::format("{} {}, limit {} {}", expectation.measure, show(judged.value, unit),
                    expectation.op, show_limit(expectation.limit, unit));
    if (judged.verdict == Verdict::inconclusive && judged.value.known)
        judged.sentence += ": the limit lies within the error, so this run cannot tell";
    // What had not happened yet when a run was cut short might still have.
    if (!completed && judged.verdict == Verdict::fail && judged.value.at_most < expectation.limit) {
        judged.verdict = Verdict::inconclusive;
        judged.sentence += ": the run did not come to its end";
    }
    return judged;
}

RegisterJudge const registered{{.name = "default", .judge = judge_record}};

}  // namespace

Verdict weigh(Evidences const& all) {
    if (data_failed(all)) return Verdict::fail;
    if (harness_broke(all)) return Verdict::error;
    if (all.ended->reason != EndReason::completed) return Verdict::aborted;
    if (proves_nothing(all)) return Verdict::inconclusive;
    if (any_is(all, Verdict::fail)) return Verdict::fail;
    if (any_is(all, Verdict::inconclusive)) return Verdict::inconclusive;
    return Verdict::pass;
}

Judgement judge_record(record::Record const& record) {
    Judgement judgement;
    Study const study(record);
    for (MeasureKind const* measure : Registry<MeasureKind>::all())
        judgement.measures.emplace(measure->name, measure->compute(study));
    for (CheckKind const* kind : Registry<CheckKind>::all())
        for (Finding& finding : kind->check(record))
            judgement.findings.push_back(std::move(finding));
    bool const completed = record.ended && record.ended->reason == EndReason::completed;
    for (record::Expectation const& expectation : record.run.expectations)
        judgement.expectations.push_back(judge_expectation(expectation, judgement, completed));
    set_aside_what_reclaims_spoil(record, judgement);

    Evidences const all{.ended = record.ended,
                        .notes = record.notes,
                        .expectations = judgement.expectations,
                        .findings = judgement.findings};
    judgement.verdict = weigh(all);
    judgement.undecided = judgement.verdict == Verdict::inconclusive && !proves_nothing(all);
    judgement.interrupted = record.ended && record.ended->reason == EndReason::interrupted;
    judgement.not_undone =
        any_note(all, Note::Effect::not_undone) || !faults_left(record).empty() ||
        std::ranges::any_of(certificates_of(record), [](NodeCertificate const& node) {
            return node.state == NodeCertificate::State::changed;
        });
    judgement.because = because(record, judgement);
    return judgement;
}

std::string_view verdict_word(Verdict verdict) {
    switch (verdict) {
        case Verdict::pass:
            return "PASS";
        case Verdict::fail:
            return "FAIL";
        case Verdict::inconclusive:
            return "INCONCLUSIVE";
        case Verdict::error:
            return "ERROR";
        case Verdict::aborted:
            return "ABORTED";
    }
    return "ERROR";
}

std::string verdict_key(Verdict verdict) {
    std::string word(verdict_word(verdict));
    for (char& c : word) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return word;
}

}  // namespace interregnum
