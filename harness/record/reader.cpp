// SPDX-License-Identifier: MIT
#include "harness/record/reader.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "harness/record/codec.h"
#include "harness/record/limits.h"

namespace interregnum::record {
namespace {

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

constexpr std::size_t chunk_size = std::size_t{1} << 20U;

// Calls `each(line, number)` for every whole line. Returns whether the file ended inside a line.
template <class Each>
Result<bool> for_each_line(std::string const& path, Each each) {
    File const file(std::fopen(path.c_str(), "rbe"));
    if (!file)
        return fail(errno == ENOENT ? Error::Kind::not_found : Error::Kind::refused,
                    fmt::format("cannot open {}: {} (expected a run's folder, or its record.jsonl)",
                                path, std::strerror(errno)));
    std::vector<char> chunk(chunk_size);
    std::string rest;  // the begin of a line whose end is in the next chunk
    std::size_t number = 0;
    std::size_t total = 0;
    for (;;) {
        std::size_t const count = std::fread(chunk.data(), 1, chunk.size(), file.get());
        if (count == 0) break;
        total += count;
        if (total > record_limit)
            return fail(Error::Kind::protocol,
                        path + " is larger than 4 GiB: too large to be read into memory");
        std::string_view left(chunk.data(), count);
        for (std::size_t end = left.find('\n'); end != std::string_view::npos;
             end = left.find('\n')) {
            ++number;
            std::string_view line = left.substr(0, end);
            if (!rest.empty()) {
                rest += line;
                line = rest;
            }
            if (Status const done = each(line, number); !done)
                return fail_in(fmt::format("{}:{}", path, number), done.error());
            rest.clear();
            left.remove_prefix(end + 1);
        }
        rest += left;
        if (rest.size() > line_limit)
            return fail(Error::Kind::protocol,
                        fmt::format("{}:{}: a line is longer than 4 MiB: this is no run record",
                                    path, number + 1));
    }
    if (std::ferror(file.get()) != 0)
        return fail(Error::Kind::failed,
                    fmt::format("cannot read {}: {}", path, std::strerror(errno)));
    return !rest.empty();
}

struct Collector {
    Record& to;
    void operator()(RunStarted& run) const { to.run = std::move(run); }
    void operator()(RunEnded& ended) const { to.ended = std::move(ended); }
    void operator()(StreamDeclared& event) const { to.streams.push_back(std::move(event)); }
    void operator()(Attempt& event) const { to.attempts.push_back(std::move(event)); }
    void operator()(StepEvent& event) const { to.steps.push_back(std::move(event)); }
    void operator()(FaultEvent& event) const { to.faults.push_back(std::move(event)); }
    void operator()(MemberSeen& event) const { to.members.push_back(std::move(event)); }
    void operator()(RedisMasterSeen& event) const { to.redis_masters.push_back(std::move(event)); }
    void operator()(BackendSeen& event) const { to.backends.push_back(std::move(event)); }
    void operator()(CanarySeen& event) const { to.canaries.push_back(std::move(event)); }
    void operator()(ReplicationSeen& event) const { to.replication.push_back(std::move(event)); }
    void operator()(OrdersSeen& event) const { to.orders_seen.push_back(std::move(event)); }
    void operator()(LeaderKeySeen& event) const { to.leader_keys.push_back(std::move(event)); }
    void operator()(SentinelSaid& event) const { to.sentinel_messages.push_back(std::move(event)); }
    void operator()(NodeSeen& event) const { to.nodes_seen.push_back(std::move(event)); }
    void operator()(ObserverCost& event) const { to.observer_costs.push_back(std::move(event)); }
    void operator()(Fact& event) const { to.facts.push_back(std::move(event)); }
    void operator()(NodeState& event) const { to.node_states.push_back(std::move(event)); }
    void operator()(FinalRows& event) const { to.final_rows.push_back(std::move(event)); }
    void operator()(FinalQuota& event) const { to.final_quotas.push_back(std::move(event)); }
    void operator()(Note& event) const { to.notes.push_back(std::move(event)); }
};

void sort_attempts(Record& record) {
    std::ranges::stable_sort(record.attempts, {}, &Attempt::started);
}

}  // namespace

Record collect(std::vector<Event> events) {
    Record record;
    for (Event& event : events) std::visit(Collector{record}, event);
    sort_attempts(record);
    return record;
}

namespace {

template <class Skips>
Result<Record> read_record_but(std::string const& path, Skips skips) {
    Record record;
    bool begun = false;
    auto const take = [&](std::string_view line, std::size_t) -> Status {
        if (begun && skips(line)) return {};
        Result<Event> event = from_line(line);
        if (!event) return std::unexpected(event.error());
        if (!begun) {
            auto const* run = std::get_if<RunStarted>(&*event);
            if (run == nullptr)
                return fail(Error::Kind::protocol,
                            "the first line is not the start of a run: this is no run record");
            if (run->schema > schema_version)
                return fail(Error::Kind::protocol,
                            fmt::format("the record has schema {}, this version reads up to {}: "
                                        "use the version that wrote it ({}) or a newer one",
                                        run->schema, schema_version, run->version));
            begun = true;
        }
        std::visit(Collector{record}, *event);
        return {};
    };
    Result<bool> const cut = for_each_line(path, take);
    if (!cut) return std::unexpected(cut.error());
    if (!begun)
        return fail(Error::Kind::protocol,
                    path + " holds no run: the controller ended before its first line");
    record.truncated = *cut;
    sort_attempts(record);
    return record;
}

}  // namespace

Result<Record> read_record(std::string const& path) {
    return read_record_but(path, [](std::string_view) { return false; });
}

Result<Record> read_record_without_attempts(std::string const& path) {
    // Its type is the first thing in a line (codec.h).
    return read_record_but(path, [](std::string_view line) {
        return line.starts_with(R"({"t":"attempt")") || line.starts_with(R"({"t":"final_rows")");
    });
}

}  // namespace interregnum::record
