// SPDX-License-Identifier: MIT
#include "reports/rows.h"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "reports/certificate.h"
#include "reports/expected.h"
#include "reports/measures/downtime.h"
#include "reports/measures/failover.h"
#include "reports/measures/leadership.h"
#include "reports/measures/ledger.h"
#include "reports/measures/phases.h"
#include "reports/measures/quotas.h"

namespace interregnum {
namespace {

using record::Record;
using record::Service;

double seconds(std::int64_t ns) { return static_cast<double>(ns) / 1e9; }

MeasureValue value_of(Judgement const& judgement, std::string_view measure) {
    auto const found = judgement.measures.find(measure);
    return found == judgement.measures.end() ? MeasureValue{} : found->second;
}

// "31.94 s (31.92 to 31.98)", the number at a width of `width`.
std::string span_text(MeasureValue const& value, int width) {
    if (!value.known) return "not tried";
    if (value.at_most == unbounded)
        return fmt::format("at least {:.2f} s, still down in the end", seconds(value.at_least));
    std::string text = fmt::format("{:{}.2f} s", seconds(value.best), width);
    if (value.at_least != value.at_most)
        text += fmt::format(" ({:.2f} to {:.2f})", seconds(value.at_least), seconds(value.at_most));
    return text;
}

std::string down_text(MeasureValue const& value) {
    return (value.known ? "down " : "") + span_text(value, 5);
}

std::string limit_text(Judgement const& judgement, std::string_view measure) {
    for (Judged const& judged : judgement.expectations)
        if (judged.expectation.measure == measure)
            return fmt::format("{:<14}", show_side(judged.expectation, Unit::duration)) +
                   (judged.expectation.op.starts_with('>') ? "  " : "");
    return {};
}

// "app1, app2: the same", or each with its own number where the intervals do not overlap.
std::string entries_text(std::vector<Path> const& paths) {
    std::vector<std::string> names;
    std::vector<std::string> each;
    bool same = true;
    for (Path const& path : paths) {
        MeasureValue const value = path.downtime();
        MeasureValue const first = paths.front().downtime();
        same = same && value.at_least <= first.at_most && first.at_least <= value.at_most;
        names.push_back(path.entry_name());
        each.push_back(path.entry_name() + ' ' + format_seconds(Duration(value.best)));
    }
    if (names.size() < 2) return names.empty() ? "" : "through " + names.front();
    return same ? fmt::format("{}: the same", fmt::join(names, ", "))
                : fmt::format("{}", fmt::join(each, ", "));
}

std::string tickets_text(std::vector<Path> const& paths) {
    std::int64_t attempts = 0;
    std::int64_t served = 0;
    for (Path const& path : select(paths, Service::ticket)) {
        attempts += path.attempts;
        served += path.ok + path.said_no;
    }
    if (attempts == 0) return {};
    return fmt::format("tickets {} of {} not bought", format_count(attempts - served),
                       format_count(attempts));
}

// The phases are those of the longest outage: where the same path was down once more, they are not
// all of its downtime.
std::string phases_text(Study const& study) {
    constexpr std::int64_t shown = 50'000'000;  // less is 0.0 in one decimal
    std::vector<std::string> parts;
    for (Phase const& phase : study.of<phases_of>()) {
        if (phase.name == "redundant") {
            MeasureValue const& others = study.of<failover_of>().elsewhere;
            if (others.known && others.best >= shown)
                parts.push_back(fmt::format("other outages {:.1f}", seconds(others.best)));
            if (phase.span.known)
                parts.push_back(
                    fmt::format("redundant again after {:.0f} s", seconds(phase.span.best)));
        } else if (phase.span.known) {
            parts.push_back(fmt::format("{} {:.1f}", phase.name, seconds(phase.span.best)));
        }
    }
    return fmt::format("{}", fmt::join(parts, " | "));
}

std::string leader_text(std::vector<Reign> const& reigns) {
    std::string text;
    for (Reign const& reign : reigns)
        if (reign.new_leader) text += (text.empty() ? "" : " -> ") + reign.node;
    bool const changed = leader_changes(reigns) > 0;
    if (!changed) text += " stayed";
    text += fmt::format(", timeline {}", reigns.front().timeline);
    if (reigns.back().timeline != reigns.front().timeline)
        text += fmt::format(" -> {}", reigns.back().timeline);
    return text;
}

std::string etcd_text(Record const& record) {
    std::string const node = etcd_leader_at_fault(record);
    return node.empty() ? "" : "etcd leader was on " + node;
}

std::string quota_text(Study const& study) {
    std::int64_t size = 0;
    std::int64_t sold = 0;
    std::int64_t count = 0;
    for (QuotaBook const& book : study.of<quota_books>()) {
        if (book.by_ledger) continue;
        size += book.size;
        sold += book.sold;
        ++count;
    }
    if (count == 0) return {};
    return fmt::format("; {} {}: {} sold", count == 1 ? "quota" : "quotas", format_count(size),
                       format_count(sold));
}

std::string orders_text(Study const& study, Judgement const& judgement) {
    std::int64_t acknowledged = 0;
    std::int64_t unknown = 0;
    bool any = false;
    for (Ledger const& ledger : study.of<ledgers_of>()) {
        if (!is_sale(ledger.kind)) continue;
        any = true;
        acknowledged += ledger.acknowledged;
        unknown += ledger.unknown;
    }
    if (!any) return {};
    std::string text = format_count(acknowledged) + " acknowledged";
    if (!value_of(judgement, "lost").known)
        return text + fmt::format(", {} unknown; not read back in full", format_count(unknown));
    auto const count = [&](std::string_view measure) {
        return format_count(value_of(judgement, measure).best);
    };
    text += fmt::format(", {} lost, {} doubled, {} ghost", count("lost"), count("duplicated"),
                        count("ghost"));
    text += quota_text(study);
    text += fmt::format("; {} unknown", format_count(unknown));
    if (unknown > 0)
        text +=
            fmt::format(": {} there, {} not", count("unknown.present"), count("unknown.absent"));
    return text;
}

std::string nodes_text(Record const& record) {
    std::vector<std::string> clean;
    std::vector<std::string> changed;
    std::vector<std::string> meanwhile;
    std::vector<std::string> unknown;
    std::vector<std::string> gone;
    for (NodeCertificate const& node : certificates_of(record)) {
        using State = NodeCertificate::State;
        (node.state == State::clean               ? clean
         : node.state == State::changed           ? changed
         : node.state == State::changed_meanwhile ? meanwhile
         : node.state == State::gone              ? gone
                                                  : unknown)
            .push_back(node.node);
    }
    std::vector<std::string> parts;
    if (!clean.empty()) parts.push_back(fmt::format("clean: {}", fmt::join(clean, " ")));
    if (!changed.empty()) parts.push_back(fmt::format("changed: {}", fmt::join(changed, " ")));
    if (!meanwhile.empty())
        parts.push_back(fmt::format("changed meanwhile: {}", fmt::join(meanwhile, " ")));
    if (!unknown.empty()) parts.push_back(fmt::format("not compared: {}", fmt::join(unknown, " ")));
    if (!gone.empty()) parts.push_back(fmt::format("gone: {}", fmt::join(gone, " ")));
    return fmt::format("{}", fmt::join(parts, "; "));
}

void add(std::vector<Row>& rows, std::string label, std::string main, std::string side = {}) {
    if (main.empty()) return;
    rows.push_back({.label = std::move(label), .main = std::move(main), .side = std::move(side)});
}

}  // namespace

std::vector<Row> summary_rows(Study const& study, Judgement const& judgement) {
    Record const& record = study;
    std::vector<Row> rows;
    auto const& paths = study.of<paths_of>();
    std::string const limit = limit_text(judgement, "write.downtime");
    add(rows, "write", down_text(value_of(judgement, "write.downtime")),
        limit + entries_text(write_paths(paths)));
    add(rows, "new conn.", down_text(value_of(judgement, "connect.downtime")), tickets_text(paths));
    MeasureValue const cache = value_of(judgement, "cache.downtime");
    add(rows, "read", down_text(value_of(judgement, "read.downtime")),
        cache.known ? "redis down " + span_text(cache, 0) : "");
    add(rows, "by design", record.run.by_design);
    add(rows, "phases", phases_text(study));
    auto const reigns = reigns_of(record);
    if (!reigns.empty()) add(rows, "leader", leader_text(reigns), etcd_text(record));
    add(rows, "orders", orders_text(study, judgement));
    add(rows, "nodes", nodes_text(record));
    if (!judgement.folder.empty()) add(rows, "report", judgement.folder + "/report.html");
    add(rows, "again", record.run.again);
    return rows;
}

std::vector<Row> trouble_rows(Record const& record, Judgement const& judgement) {
    std::vector<Row> rows;
    auto const label = [](Verdict verdict) -> std::string {
        switch (verdict) {
            case Verdict::pass:
                return "note";
            case Verdict::inconclusive:
                return "UNPROVEN";
            case Verdict::fail:
                return "FAILED";
            default:
                return "ERROR";
        }
    };
    // One finding says better than five lines that nothing was read back.
    bool const unread = std::ranges::any_of(judgement.findings, [](Finding const& finding) {
        return finding.check == "final_read_missing";
    });
    for (Judged const& judged : judgement.expectations)
        if (judged.verdict != Verdict::pass &&
            (judged.value.known || !unread || !judged.expectation.by_default))
            rows.push_back({.label = label(judged.verdict), .main = judged.sentence});
    for (Finding const& finding : judgement.findings) {
        rows.push_back(
            {.label = label(finding.verdict), .main = finding.check + ": " + finding.sentence});
        for (std::string const& proof : finding.proof) rows.push_back({.main = "  " + proof});
    }
    for (record::Note const& note : record.notes) {
        bool const doubtful = note.effect == record::Note::Effect::inconclusive;
        bool const plain = note.effect == record::Note::Effect::none;
        rows.push_back(
            {.label = plain ? "note" : (doubtful ? "UNPROVEN" : "ERROR"), .main = note.text});
    }
    for (std::string const& note : record.run.notes)
        rows.push_back({.label = "note", .main = note});
    return rows;
}

}  // namespace interregnum
