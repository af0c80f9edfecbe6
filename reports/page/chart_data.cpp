// SPDX-License-Identifier: MIT
#include "reports/page/chart_data.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "harness/record/json_text.h"
#include "harness/record/names.h"
#include "harness/record/spot_facts.h"
#include "reports/measures/downtime.h"
#include "reports/measures/leadership.h"

namespace interregnum {
namespace {

using record::FaultStage;
using record::JsonObject;
using record::Offset;
using record::Outcome;
using record::Record;
using record::Service;

constexpr std::int64_t bins_most = 3600;  // more cannot be told apart on a screen

// One second of one service.
struct Bin {
    std::int64_t good{};
    std::int64_t failed{};
    std::int64_t unknown{};
    std::vector<std::int64_t> answer_ns;
};

std::string_view title_of(Service service) {
    switch (service) {
        case Service::write:
            return "Orders (writes to PostgreSQL)";
        case Service::read:
            return "Reads (PostgreSQL replicas)";
        case Service::cache:
            return "Cache (writes to Redis)";
        case Service::ticket:
            return "Tickets (whole purchases)";
        case Service::cart:
            return "Carts (sessions and locks in Redis)";
        case Service::voucher:
            return "Vouchers (PostgreSQL)";
        case Service::task:
            return "Tasks (the broker's queue in Redis)";
        case Service::http:
            return "Shop front (HTTP)";
    }
    return "";
}

std::string number(double value) { return fmt::format("{:.4g}", value); }
std::string seconds(Offset at) {
    return fmt::format("{:.3f}", static_cast<double>(at.count()) / 1e9);
}

Offset bin_width(Offset length) {
    return std::chrono::seconds(1 + length / std::chrono::seconds(bins_most));
}

std::map<Service, std::vector<Bin>> bins_of(Record const& record, Offset width, Offset end) {
    std::map<int, record::StreamDeclared> streams;
    for (auto const& stream : record.streams) streams[stream.id] = stream;
    std::map<Service, std::vector<Bin>> bins;
    for (auto const& attempt : record.attempts) {
        auto const stream = streams.find(attempt.stream);
        if (stream == streams.end() || attempt.started < Offset::zero() || attempt.started > end)
            continue;
        auto& all = bins[stream->second.service];
        all.resize(static_cast<std::size_t>(end / width) + 1);
        Bin& bin = all[static_cast<std::size_t>(attempt.started / width)];
        if (answered(attempt, stream->second.deadline)) {
            ++bin.good;
            bin.answer_ns.push_back((attempt.finished - attempt.started).count());
        } else {
            ++(attempt.outcome == Outcome::failed ? bin.failed : bin.unknown);
        }
    }
    return bins;
}

// [time, good, failed, unknown, median ms, slowest ms]; null where nothing was answered.
void append_bin(std::string& out, std::size_t index, Offset width, Bin bin) {
    double const per_s = static_cast<double>(width.count()) / 1e9;
    auto const rate = [per_s](std::int64_t count) {
        return number(static_cast<double>(count) / per_s);
    };
    out += fmt::format("[{},{},{},{},", seconds(width * static_cast<std::int64_t>(index)),
                       rate(bin.good), rate(bin.failed), rate(bin.unknown));
    if (bin.answer_ns.empty()) {
        out += "null,null]";
        return;
    }
    std::ranges::sort(bin.answer_ns);
    auto const ms = [](std::int64_t ns) { return number(static_cast<double>(ns) / 1e6); };
    out += fmt::format("{},{}]", ms(bin.answer_ns[bin.answer_ns.size() / 2]),
                       ms(bin.answer_ns.back()));
}

void append_outages(std::string& out, std::vector<Path> const& paths, Offset end) {
    out += '[';
    bool first = true;
    for (Path const& path : paths)
        for (Outage const& outage : path.outages) {
            if (!first) out += ',';
            first = false;
            out += fmt::format("[{},{}]", seconds(outage.first_missing),
                               seconds(outage.first_good.value_or(end)));
        }
    out += ']';
}

void append_service(std::string& out, Service service, std::vector<Bin> const& bins, Offset width,
                    std::vector<Path> const& paths, Offset end) {
    JsonObject json(out);
    json.text("name", record::to_string(service));
    json.text("title", title_of(service));
    std::string rows = "[";
    for (std::size_t i = 0; i < bins.size(); ++i) {
        if (i > 0) rows += ',';
        append_bin(rows, i, width, bins[i]);
    }
    json.raw("bins", rows + ']');
    std::string outages;
    append_outages(outages, select(paths, service), end);
    json.raw("outages", outages);
}

std::string_view stage_text(FaultStage stage) {
    switch (stage) {
        case FaultStage::injected:
            return "injected";
        case FaultStage::undone:
            return "undone";
        case FaultStage::unverified:
            return "showed no effect";
        case FaultStage::inject_failed:
            return "could not be injected";
        case FaultStage::undo_failed:
            return "could not be undone";
        default:
            return "";
    }
}

}  // namespace

std::vector<Mark> marks_of(Record const& record) {
    std::vector<Mark> marks;
    for (auto const& event : record.faults)
        if (auto const what = stage_text(event.stage); !what.empty())
            marks.push_back(
                {event.at, "fault",
                 fmt::format("{} on {} {}", event.kind, fmt::join(event.targets, ", "), what)});
    for (record::SpotNotice const& notice : record::spot_notices(record.facts))
        marks.push_back({notice.at, "fault",
                         notice.is_interruption()
                             ? fmt::format("AWS announces to {} {} at {}", notice.action,
                                           notice.node, notice.time)
                             : fmt::format("AWS recommends to move {} away", notice.node)});
    bool first = true;
    for (Reign const& reign : reigns_of(record)) {
        if (!first)
            marks.push_back({reign.seen, "leader",
                             fmt::format("{} {} on timeline {}", reign.node,
                                         reign.new_leader ? "leads" : "is back", reign.timeline)});
        first = false;
    }
    first = true;
    for (RedisReign const& reign : redis_reigns_of(record)) {
        if (!first) marks.push_back({reign.seen, "redis", reign.node + " is the Redis master"});
        first = false;
    }
    for (auto const& step : record.steps)
        if (step.kind == "await" && step.finished)
            marks.push_back(
                {step.at, "step", step.text + (step.ok ? ": reached" : ": not reached")});
    std::ranges::stable_sort(marks, {}, &Mark::at);
    return marks;
}

std::string chart_data(Study const& study) {
    Record const& record = study;
    Offset const end = end_of(record);
    Offset const width = bin_width(end);
    auto const& paths = study.of<paths_of>();
    std::string out;
    {
        JsonObject json(out);
        json.raw("bin_s", seconds(width));
        std::string list = "[";
        for (auto const& [service, bins] : bins_of(record, width, end)) {
            if (list.size() > 1) list += ',';
            append_service(list, service, bins, width, paths, end);
        }
        json.raw("services", list + ']');
        json.list("marks", marks_of(record), [](Mark const& mark, std::string& to) {
            JsonObject item(to);
            item.raw("at", seconds(mark.at));
            item.text("kind", mark.kind);
            item.text("text", mark.text);
        });
    }
    return out;
}

}  // namespace interregnum
