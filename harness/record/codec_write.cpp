// SPDX-License-Identifier: MIT
#include <array>
#include <cstddef>

#include "harness/record/codec.h"
#include "harness/record/json_text.h"
#include "harness/record/names.h"

namespace interregnum::record {
namespace {

constexpr std::size_t usual_line = 256;  // bytes; most lines are attempts

void append_text(std::string const& text, std::string& out) { append_json_string(out, text); }

void put(JsonObject& json, RunStarted const& run) {
    json.number("schema", run.schema);
    json.text("run_id", run.run_id);
    json.text("version", run.version);
    json.text("scenario", run.scenario);
    json.text("title", run.title);
    json.text("cluster", run.cluster);
    json.text("environment", run.environment);
    json.number("seed", run.seed);
    json.number("wall_start_ns", run.wall_start_ns);
    json.text("again", run.again);
    json.list("nodes", run.nodes, [](NodeInfo const& node, std::string& out) {
        JsonObject item(out);
        item.text("name", node.name);
        item.text("address", node.address);
        item.text("group", node.group);
    });
    json.list("expectations", run.expectations, [](Expectation const& expect, std::string& out) {
        JsonObject item(out);
        item.text("measure", expect.measure);
        item.text("op", expect.op);
        item.number("limit", expect.limit);
        item.text("text", expect.text);
        item.flag("by_default", expect.by_default);
    });
    json.list("notes", run.notes, append_text);
    json.text_if("by_design", run.by_design);
    json.text_if("why", run.why);
    if (run.watched) json.flag("watched", true);
}

void put(JsonObject& json, StreamDeclared const& stream) {
    json.number("id", stream.id);
    json.text("probe", stream.probe);
    json.text("service", to_string(stream.service));
    json.text("entry", stream.entry);
    json.text("connection", to_string(stream.connection));
    json.at("period_ns", stream.period);
    json.at("deadline_ns", stream.deadline);
    json.number("clients", stream.clients);
    if (!stream.way.empty()) json.text("way", stream.way);
    if (stream.way_delay != Offset::zero()) json.at("way_delay_ns", stream.way_delay);
    if (stream.closed_loop) json.flag("closed_loop", true);
}

void put(JsonObject& json, Attempt const& attempt) {
    json.number("stream", attempt.stream);
    json.number("number", attempt.number);
    json.at("due_ns", attempt.due);
    json.at("started_ns", attempt.started);
    json.at("finished_ns", attempt.finished);
    json.text("outcome", to_string(attempt.outcome));
    json.text_if("token", attempt.token);
    if (attempt.id != 0) json.number("id", attempt.id);
    if (attempt.seen >= 0) json.number("seen", attempt.seen);
    if (attempt.replicas >= 0) json.number("replicas", attempt.replicas);
    json.text_if("server", attempt.server);
    json.text_if("error", attempt.error);
    json.text_if("sqlstate", attempt.sqlstate);
    json.text_if("detail", attempt.detail);
}

void put(JsonObject& json, StepEvent const& step) {
    json.number("index", step.index);
    json.text("kind", step.kind);
    json.text("text", step.text);
    json.flag("finished", step.finished);
    json.flag("ok", step.ok);
    json.at("at_ns", step.at);
    json.text("detail", step.detail);
}

void put(JsonObject& json, FaultEvent const& fault) {
    json.text("fault_id", fault.fault_id);
    json.text("kind", fault.kind);
    json.text("stage", to_string(fault.stage));
    json.list("targets", fault.targets, append_text);
    json.text("role", fault.role);
    json.at("at_ns", fault.at);
    json.text("detail", fault.detail);
}

void put(JsonObject& json, MemberSeen const& member) {
    json.text("node", member.node);
    json.flag("reachable", member.reachable);
    json.text("role", member.role);
    json.text("state", member.state);
    json.number("timeline", member.timeline);
    json.number("lag_bytes", member.lag_bytes);
    json.flag("holds_lock", member.holds_lock);
    json.flag("writable", member.writable);
    json.at("previous_ns", member.previous);
    json.at("asked_ns", member.asked);
    json.at("at_ns", member.at);
}

void put(JsonObject& json, RedisMasterSeen const& seen) {
    json.text("sentinel", seen.sentinel);
    json.text("master", seen.master);
    json.at("previous_ns", seen.previous);
    json.at("asked_ns", seen.asked);
    json.at("at_ns", seen.at);
}

void put(JsonObject& json, BackendSeen const& seen) {
    json.text("app", seen.app);
    json.text("backend", seen.backend);
    json.text("server", seen.server);
    json.text("status", seen.status);
    json.at("previous_ns", seen.previous);
    json.at("asked_ns", seen.asked);
    json.at("at_ns", seen.at);
}

void put(JsonObject& json, CanarySeen const& canary) {
    json.text("node", canary.node);
    json.flag("accepted", canary.accepted);
    json.number("timeline", canary.timeline);
    json.number("number", canary.number);
    json.text("error", canary.error);
    json.at("previous_ns", canary.previous);
    json.at("asked_ns", canary.asked);
    json.at("at_ns", canary.at);
}

void put(JsonObject& json, ReplicationSeen const& seen) {
    json.text("node", seen.node);
    json.flag("in_recovery", seen.in_recovery);
    json.number("timeline", seen.timeline);
    json.number("written_bytes", seen.written);
    json.number("received_bytes", seen.received);
    json.number("replayed_bytes", seen.replayed);
    json.at("asked_ns", seen.asked);
    json.at("at_ns", seen.at);
    json.text_if("sync_standbys", seen.sync_standbys);
    if (seen.sync_waited > Offset::zero()) json.at("sync_waited_ns", seen.sync_waited);
}

void put(JsonObject& json, OrdersSeen const& seen) {
    json.text("node", seen.node);
    json.number("timeline", seen.timeline);
    json.number("from_id", seen.from_id);
    json.list("numbers", seen.numbers, [](OrdersSeen::Range const& range, std::string& out) {
        JsonObject item(out);
        item.number("stream", range.stream);
        item.number("first", range.first);
        item.number("last", range.last);
    });
    json.at("asked_ns", seen.asked);
    json.at("at_ns", seen.at);
}

void put(JsonObject& json, LeaderKeySeen const& key) {
    json.text("holder", key.holder);
    json.number("revision", key.revision);
    json.text("told_by", key.told_by);
    json.flag("initial", key.initial);
    json.at("at_ns", key.at);
    if (key.previous >= Offset::zero()) json.at("previous_ns", key.previous);
}

void put(JsonObject& json, SentinelSaid const& said) {
    json.text("sentinel", said.sentinel);
    json.text("channel", said.channel);
    json.text("message", said.message);
    json.at("at_ns", said.at);
}

void put(JsonObject& json, NodeSeen const& seen) {
    json.text("node", seen.node);
    json.flag("reachable", seen.reachable);
    json.text("boot_id", seen.boot_id);
    json.at("clock_offset_ns", seen.clock_offset);
    json.at("clock_error_ns", seen.clock_error);
    json.at("asked_ns", seen.asked);
    json.at("at_ns", seen.at);
}

void put(JsonObject& json, ObserverCost const& cost) {
    json.text("observer", cost.observer);
    json.text("node", cost.node);
    json.number("looks", cost.looks);
    json.number("failed", cost.failed);
    json.at("waited_ns", cost.waited);
    json.at("at_ns", cost.at);
}

void put(JsonObject& json, Fact const& fact) {
    json.text("name", fact.name);
    json.text("value", fact.value);
    json.at("at_ns", fact.at);
}

void put(JsonObject& json, NodeState const& state) {
    json.text("node", state.node);
    json.text("when", state.when);
    json.flag("complete", state.complete);
    {
        std::string facts;
        {
            JsonObject item(facts);
            for (auto const& [name, value] : state.facts) item.text(name, value);
        }
        json.raw("facts", facts);
    }
    json.at("at_ns", state.at);
}

void put(JsonObject& json, FinalRows const& rows) {
    json.text("kind", rows.kind);
    json.text("source", rows.source);
    json.text("role", rows.role);
    json.list("rows", rows.rows, [](FinalRow const& row, std::string& out) {
        JsonObject item(out);
        item.text("token", row.token);
        if (row.id != 0) item.number("id", row.id);
        if (row.count != 1) item.number("count", row.count);
    });
    json.flag("last", rows.last);
    json.at("at_ns", rows.at);
}

void put(JsonObject& json, FinalQuota const& quota) {
    json.text("name", quota.name);
    json.number("size", quota.size);
    json.number("sold", quota.sold);
    json.text("source", quota.source);
    json.at("at_ns", quota.at);
}

void put(JsonObject& json, Note const& note) {
    json.text("effect", to_string(note.effect));
    json.text("text", note.text);
    json.at("at_ns", note.at);
}

void put(JsonObject& json, RunEnded const& ended) {
    json.text("reason", to_string(ended.reason));
    json.text("detail", ended.detail);
    json.at("at_ns", ended.at);
}

// The values of "t", in the order of `Event`'s alternatives (codec_read.cpp has the same list).
constexpr std::array<std::string_view, std::variant_size_v<Event>> type_words{
    "run",         "stream",       "attempt",       "step",        "fault",
    "member",      "redis_master", "backend",       "canary",      "replication",
    "orders_seen", "leader_key",   "sentinel_said", "node_seen",   "observer_cost",
    "fact",        "node_state",   "final_rows",    "final_quota", "note",
    "end"};

}  // namespace

std::string to_line(Event const& event) {
    std::string line;
    line.reserve(usual_line);
    {
        JsonObject json(line);
        json.text("t", type_words.at(event.index()));
        std::visit([&json](auto const& alternative) { put(json, alternative); }, event);
    }
    return line;
}

}  // namespace interregnum::record
