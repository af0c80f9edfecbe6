// SPDX-License-Identifier: MIT
#include "tests/unit/support/record_builder.h"

#include <algorithm>

#include "harness/record/reader.h"

namespace interregnum::test {

using namespace std::chrono_literals;
using namespace record;

RecordBuilder::RecordBuilder(std::uint64_t seed) : random_(seed) {
    record.run = {.run_id = "2026-11-22T03-10-44-kill-leader",
                  .version = "0.1.0",
                  .scenario = "kill-leader",
                  .title = "The leader's server loses power",
                  .cluster = "lab",
                  .environment = "disposable",
                  .seed = seed,
                  .wall_start_ns = 1'795'317'044'000'000'000,
                  .again = "interregnum run kill-leader --seed " + std::to_string(seed),
                  .nodes = {{"db1", "10.0.1.11", "db"},
                            {"db2", "10.0.2.11", "db"},
                            {"db3", "10.0.3.11", "db"},
                            {"app1", "10.0.1.21", "app"},
                            {"app2", "10.0.2.21", "app"}}};
}

int RecordBuilder::stream(std::string probe, Service service, std::string entry,
                          Connection connection, Offset period, Offset deadline) {
    int const id = static_cast<int>(record.streams.size()) + 1;
    record.streams.push_back({.id = id,
                              .probe = std::move(probe),
                              .service = service,
                              .entry = std::move(entry),
                              .connection = connection,
                              .period = period,
                              .deadline = deadline,
                              .clients = 60});
    return id;
}

void RecordBuilder::down(int stream, Offset from, Offset to) {
    outages_.push_back({stream, {from, to}});
}

void RecordBuilder::fault(std::string kind, std::string node, Offset at, Offset undone_at) {
    std::string const id = "f" + std::to_string(record.faults.size() / 6 + 1);
    auto const add = [&](FaultStage stage, Offset when) {
        record.faults.push_back({.fault_id = id,
                                 .kind = kind,
                                 .stage = stage,
                                 .targets = {node},
                                 .role = "leader",
                                 .at = when});
    };
    add(FaultStage::armed, at - 50ms);
    add(FaultStage::injecting, at);
    add(FaultStage::injected, at + 20ms);
    add(FaultStage::verified, at + 300ms);
    add(FaultStage::undoing, undone_at - 1s);
    add(FaultStage::undone, undone_at);
}

void RecordBuilder::member(std::string node, Offset previous, Offset at, bool reachable, bool lock,
                           bool writable, std::int64_t timeline) {
    record.members.push_back({.node = std::move(node),
                              .reachable = reachable,
                              .role = lock ? "leader" : "replica",
                              .state = reachable ? "running" : "",
                              .timeline = timeline,
                              .holds_lock = lock,
                              .writable = writable,
                              .previous = previous,
                              .asked = at - 3ms,
                              .at = at});
}

void RecordBuilder::expect(std::string measure, std::string op, std::int64_t limit,
                           std::string text, bool by_default) {
    record.run.expectations.push_back({.measure = std::move(measure),
                                       .op = std::move(op),
                                       .limit = limit,
                                       .text = std::move(text),
                                       .by_default = by_default});
}

Attempt RecordBuilder::attempt(StreamDeclared const& stream, std::int64_t number) {
    std::uniform_int_distribution<std::int64_t> jitter(0, 400'000);
    std::uniform_int_distribution<std::int64_t> work(2'000'000, 9'000'000);
    Offset const due = stream.period * number;
    Attempt made{.stream = stream.id,
                 .number = number,
                 .due = due,
                 .started = due + Offset(jitter(random_)),
                 .outcome = Outcome::ok};
    made.finished = made.started + Offset(work(random_));
    if (stream.service != Service::read) made.token = token_prefix(stream) + std::to_string(number);
    bool const is_down = std::ranges::any_of(outages_, [&](auto const& outage) {
        return outage.first == stream.id && made.started >= outage.second.first &&
               made.started < outage.second.second;
    });
    if (!is_down) return made;
    if (number % 3 == 0) {
        made.outcome = Outcome::unknown;
        made.error = "timeout";
        made.finished = made.started + stream.deadline;
    } else {
        made.outcome = Outcome::failed;
        made.error = "connect_refused";
        made.finished = made.started + 1ms;
    }
    return made;
}

std::string RecordBuilder::token_prefix(StreamDeclared const& stream) {
    return stream.probe + '-' + std::to_string(stream.id) + '-';
}

void RecordBuilder::add_final_rows() {
    for (std::string const kind : {"orders", "tickets", "cache"}) {
        FinalRows rows{.kind = kind, .source = "db2", .role = "leader", .at = length};
        bool ghost = failed_ones_present;
        bool any = false;
        std::int64_t unknowns = 0;
        for (Attempt const& made : record.attempts) {
            auto const& stream = record.streams[static_cast<std::size_t>(made.stream) - 1];
            Service const service = kind == "orders"    ? Service::write
                                    : kind == "tickets" ? Service::ticket
                                                        : Service::cache;
            if (stream.service != service) continue;
            any = true;
            bool present = made.outcome == Outcome::ok && !lose.contains(made.token);
            if (made.outcome == Outcome::unknown) present = unknowns++ % 40 == 0;
            if (made.outcome == Outcome::failed && ghost) {
                present = true;
                ghost = false;
            }
            if (present)
                rows.rows.push_back(
                    {.token = made.token, .count = doubled.contains(made.token) ? 2 : 1});
        }
        rows.last = true;
        if (any) record.final_rows.push_back(std::move(rows));
    }
}

Record RecordBuilder::build() {
    for (StreamDeclared const& stream : record.streams)
        for (std::int64_t number = 0; stream.period * number < length; ++number)
            record.attempts.push_back(attempt(stream, number));
    std::ranges::stable_sort(record.attempts, {}, &Attempt::started);
    if (final_reads) add_final_rows();
    record.ended = RunEnded{.reason = EndReason::completed, .at = length + 2s};
    return std::move(record);
}

RecordBuilder killed_leader(std::uint64_t seed) {
    RecordBuilder made(seed);
    made.length = 80s;
    std::vector<int> kept;
    std::vector<int> fresh;
    std::vector<int> carts;
    for (std::string const app : {"app1", "app2"}) {
        kept.push_back(
            made.stream("orders", Service::write, app + ":5000", Connection::kept, 20ms, 1s));
        fresh.push_back(
            made.stream("orders", Service::write, app + ":5000", Connection::fresh, 40ms, 1s));
        made.stream("reads", Service::read, app + ":5001", Connection::fresh, 100ms, 1s);
        carts.push_back(
            made.stream("carts", Service::cache, app + ":6379", Connection::kept, 100ms, 1s));
    }
    int const tickets =
        made.stream("tickets", Service::ticket, "app1:5000", Connection::fresh, 1s, 1s);
    for (int const id : kept) made.down(id, 12'410ms, 44'350ms);
    for (int const id : fresh) made.down(id, 12'410ms, 44'310ms);
    for (int const id : carts) made.down(id, 12'400ms, 18'710ms);
    made.down(tickets, 12'410ms, 44'330ms);

    made.fault("node.crash", "db1", 12s, 58s);
    made.member("db1", -1ns, 100ms, true, true, true, 1);
    made.member("db2", -1ns, 110ms, true, false, false, 1);
    made.member("db3", -1ns, 120ms, true, false, false, 1);
    made.member("db1", 11'950ms, 12'500ms, false, false, false, 0);
    made.member("db2", 41'270ms, 41'310ms, true, true, false, 1);
    made.member("db2", 42'400ms, 42'440ms, true, true, true, 2);
    made.member("db1", 60s, 61s, true, false, false, 2);
    for (std::string const node : {"db1", "db2", "db3"})
        made.record.redis_masters.push_back({node, "db1", -1ns, 90ms, 100ms});
    for (std::string const node : {"db2", "db3"})
        made.record.redis_masters.push_back({node, "db2", 18'300ms, 18'500ms, 18'510ms});
    made.record.facts.push_back({"etcd_leader", "db3", 1s});
    made.record.steps.push_back({0, "steady", "steady 10s", true, true, 10s});
    made.record.steps.push_back({1, "fault", "node.crash on leader (db1)", true, true, 58s});
    made.record.steps.push_back({2, "await", "await redundant within 5m", true, true, 70s});
    for (auto const& node : made.record.run.nodes)
        for (std::string const when : {"before", "after"})
            made.record.node_states.push_back(
                {node.name, when, true, {{"nft", "none"}}, when == "before" ? 1s : 81s});
    made.record.final_quotas.push_back({"hot", 500, 41, "db2", 80s});
    made.expect("leader.changes", "==", 1, "leader.changes == 1");
    made.expect("write.downtime", "<=", 60'000'000'000, "write.downtime <= 60s");
    for (std::string const name : {"lost", "duplicated", "oversold", "ghost", "split_brain"})
        made.expect(name, "==", 0, name + " == 0", true);
    return made;
}

}  // namespace interregnum::test
