// SPDX-License-Identifier: MIT
#include "reports/measures/downtime.h"

#include <algorithm>
#include <map>

#include "reports/measures/groups.h"

namespace interregnum {
namespace {

using record::Attempt;
using record::Offset;
using record::Outcome;

void count(Path& path, Attempt const& attempt) {
    ++path.attempts;
    if (attempt.outcome == Outcome::ok) {
        ++path.ok;
        if (!answered(attempt, path.stream.deadline)) ++path.late;
    } else if (record::said_no(attempt)) {
        ++path.said_no;
    } else {
        ++(attempt.outcome == Outcome::failed ? path.failed : path.unknown);
        if (attempt.error == "unserved") ++path.unserved;
    }
}

// One item for each declared stream, and where each stream's is.
template <class Item>
std::map<int, std::size_t> streams_of(record::Record const& record, std::vector<Item>& items) {
    std::map<int, std::size_t> index;
    for (record::StreamDeclared const& stream : record.streams)
        if (index.emplace(stream.id, items.size()).second) items.push_back({.stream = stream});
    return index;
}

}  // namespace

Offset Outage::at_least() const {
    return std::max(last_missing - first_missing - slack, Offset::zero());
}

Offset Outage::at_most() const {
    if (!first_good) return Offset(unbounded);
    return *first_good - last_good.value_or(first_missing) + slack;
}

Offset Outage::best() const {
    if (!first_good) return at_least();
    return at_least() + (at_most() - at_least()) / 2;
}

Moment Outage::began() const {
    return between(last_good.value_or(first_missing), first_missing + slack);
}

Maybe Outage::ended() const {
    if (!first_good) return std::nullopt;
    return between(last_missing, *first_good + slack);
}

std::vector<Outage> find_outages(std::span<Sample const> samples, Offset slack) {
    std::vector<Outage> outages;
    std::optional<Offset> last_good;
    bool down = false;
    for (Sample const& sample : samples) {
        if (sample.good) {
            if (down) outages.back().first_good = sample.started;
            down = false;
            last_good = sample.started;
            continue;
        }
        if (!down)
            outages.push_back(
                {.first_missing = sample.started, .last_good = last_good, .slack = slack});
        down = true;
        outages.back().last_missing = sample.started;
        ++outages.back().missing;
    }
    return outages;
}

MeasureValue Path::downtime() const {
    MeasureValue sum{.known = attempts > 0};
    if (!sum.known) sum.why_unknown = "no attempt was made";
    for (Outage const& outage : outages) {
        sum.at_least += outage.at_least().count();
        sum.best += outage.best().count();
        if (outage.at_most() == Offset(unbounded))
            sum.at_most = unbounded;
        else if (sum.at_most != unbounded)
            sum.at_most += outage.at_most().count();
    }
    return sum;
}

std::string Path::entry_name() const {
    if (stream.entry.contains("://")) return stream.entry;  // a page, not a host and its port
    return stream.entry.substr(0, stream.entry.rfind(':'));
}

std::vector<Trace> traces_of(record::Record const& record) {
    std::vector<Trace> traces;
    auto const index = streams_of(record, traces);
    std::vector<std::size_t> sizes(traces.size());
    for (Attempt const& attempt : record.attempts)
        if (auto const found = index.find(attempt.stream); found != index.end())
            ++sizes[found->second];
    for (std::size_t i = 0; i < traces.size(); ++i) traces[i].samples.reserve(sizes[i]);
    for (Attempt const& attempt : record.attempts) {
        auto const found = index.find(attempt.stream);
        if (found == index.end()) continue;  // a stream nobody declared says nothing
        Trace& trace = traces[found->second];
        bool const good = answered(attempt, trace.stream.deadline);
        trace.samples.push_back({.due = attempt.due,
                                 .started = attempt.started,
                                 .finished = attempt.finished,
                                 .good = good,
                                 .late = !good && attempt.outcome == Outcome::ok});
    }
    for (Trace& trace : traces) std::ranges::stable_sort(trace.samples, {}, &Sample::started);
    return traces;
}

std::vector<Path> paths_of(Study const& study) {
    record::Record const& record = study;
    std::vector<Path> paths;
    auto const index = streams_of(record, paths);
    for (Attempt const& attempt : record.attempts)
        if (auto const found = index.find(attempt.stream); found != index.end())
            count(paths[found->second], attempt);
    auto const& traces = study.of<traces_of>();
    for (std::size_t i = 0; i < paths.size(); ++i)
        paths[i].outages = find_outages(traces[i].samples, traces[i].stream.way_delay);
    std::erase_if(paths, [](Path const& path) { return path.attempts == 0; });
    return paths;
}

std::vector<Path> select(std::vector<Path> const& paths, record::Service service,
                         std::optional<record::Connection> connection) {
    std::vector<Path> selected;
    // A standby's own path never takes writes: "direct" ones say which node did.
    bool const reads = service == record::Service::read;
    for (Path const& path : paths)
        if (path.stream.service == service && (reads || path.stream.way != "direct") &&
            (!connection || path.stream.connection == *connection))
            selected.push_back(path);
    return selected;
}

MeasureValue worst_downtime(std::vector<Path> const& paths) {
    std::vector<MeasureValue> values;
    for (Path const& path : paths) values.push_back(path.downtime());
    return worst_of(values);
}

std::vector<Path> write_paths(std::vector<Path> const& paths) {
    auto kept = select(paths, record::Service::write, record::Connection::kept);
    return kept.empty() ? select(paths, record::Service::write) : kept;
}

Offset end_of(record::Record const& record) {
    if (record.ended) return record.ended->at;
    Offset end{};
    for (auto const& attempt : record.attempts) end = std::max(end, attempt.finished);
    for (auto const& event : record.faults) end = std::max(end, event.at);
    for (auto const& event : record.members) end = std::max(end, event.at);
    for (auto const& event : record.canaries) end = std::max(end, event.at);
    for (auto const& event : record.steps) end = std::max(end, event.at);
    for (auto const& event : record.facts) end = std::max(end, event.at);
    return end;
}

}  // namespace interregnum
