// SPDX-License-Identifier: MIT
#include <array>
#include <limits>

#include <simdjson.h>

#include "harness/record/codec.h"
#include "harness/record/limits.h"
#include "harness/record/names.h"

namespace interregnum::record {
namespace {

namespace dom = simdjson::dom;

// Reads members of one object and remembers the first that has a wrong type. Members that are
// not there leave their target as it is.
class Members {
public:
    explicit Members(dom::object object) : object_(object) {}

    void text(std::string_view key, std::string& to) {
        std::string_view value;
        if (take(key, "a string", value)) to = value;
    }
    template <std::integral T>
    void number(std::string_view key, T& to) {
        std::conditional_t<std::is_unsigned_v<T>, std::uint64_t, std::int64_t> value{};
        if (!take(key, "an integer", value)) return;
        if (std::in_range<T>(value))
            to = static_cast<T>(value);
        else
            complain(key, "an integer in range");
    }
    void flag(std::string_view key, bool& to) {
        bool value{};
        if (take(key, "true or false", value)) to = value;
    }
    void at(std::string_view key, Offset& to) {
        std::int64_t value{};
        if (take(key, "nanoseconds", value)) to = Offset(value);
    }
    template <class T>
    void word(std::string_view key, T& to) {
        std::string_view value;
        if (!take(key, "a string", value)) return;
        if (auto const known = from_word<T>(value))
            to = *known;
        else
            complain(key, "one of the known words");
    }
    void texts(std::string_view key, std::vector<std::string>& to) {
        dom::array items;
        if (!take(key, "a list of strings", items)) return;
        for (dom::element const item : items) {
            std::string_view value;
            if (item.get(value) != simdjson::SUCCESS) return complain(key, "a list of strings");
            to.emplace_back(value);
        }
    }
    template <class T, class Read>
    void objects(std::string_view key, std::vector<T>& to, Read read) {
        dom::array items;
        if (!take(key, "a list of objects", items)) return;
        for (dom::element const item : items) {
            dom::object object;
            if (item.get(object) != simdjson::SUCCESS) return complain(key, "a list of objects");
            Members inner(object);
            read(inner, to.emplace_back());
            if (!inner.trouble().empty() && trouble_.empty())
                trouble_ = std::string(key) + "[]." + inner.trouble();
        }
    }
    void text_map(std::string_view key, std::map<std::string, std::string>& to) {
        dom::object object;
        if (!take(key, "an object of strings", object)) return;
        for (dom::key_value_pair const member : object) {
            std::string_view value;
            if (member.value.get(value) != simdjson::SUCCESS)
                return complain(key, "an object of strings");
            to.emplace(member.key, value);
        }
    }
    [[nodiscard]] std::string const& trouble() const { return trouble_; }

private:
    template <class T>
    bool take(std::string_view key, std::string_view expected, T& to) {
        dom::element element;
        if (object_.at_key(key).get(element) != simdjson::SUCCESS) return false;  // not there
        if (element.get(to) == simdjson::SUCCESS) return true;
        complain(key, expected);
        return false;
    }
    void complain(std::string_view key, std::string_view expected) {
        if (trouble_.empty())
            trouble_ = "\"" + std::string(key) + "\" is not " + std::string(expected);
    }

    dom::object object_;
    std::string trouble_;
};

void fill(Members& in, RunStarted& run) {
    in.number("schema", run.schema);
    in.text("run_id", run.run_id);
    in.text("version", run.version);
    in.text("scenario", run.scenario);
    in.text("title", run.title);
    in.text("cluster", run.cluster);
    in.text("environment", run.environment);
    in.number("seed", run.seed);
    in.number("wall_start_ns", run.wall_start_ns);
    in.text("again", run.again);
    in.objects("nodes", run.nodes, [](Members& node, NodeInfo& to) {
        node.text("name", to.name);
        node.text("address", to.address);
        node.text("group", to.group);
    });
    in.objects("expectations", run.expectations, [](Members& expect, Expectation& to) {
        expect.text("measure", to.measure);
        expect.text("op", to.op);
        expect.number("limit", to.limit);
        expect.text("text", to.text);
        expect.flag("by_default", to.by_default);
    });
    in.texts("notes", run.notes);
    in.text("by_design", run.by_design);
    in.text("why", run.why);
    in.flag("watched", run.watched);
}

void fill(Members& in, StreamDeclared& stream) {
    in.number("id", stream.id);
    in.text("probe", stream.probe);
    in.word("service", stream.service);
    in.text("entry", stream.entry);
    in.word("connection", stream.connection);
    in.at("period_ns", stream.period);
    in.at("deadline_ns", stream.deadline);
    in.number("clients", stream.clients);
    in.text("way", stream.way);
    in.at("way_delay_ns", stream.way_delay);
    in.flag("closed_loop", stream.closed_loop);
}

void fill(Members& in, Attempt& attempt) {
    in.number("stream", attempt.stream);
    in.number("number", attempt.number);
    in.at("due_ns", attempt.due);
    in.at("started_ns", attempt.started);
    in.at("finished_ns", attempt.finished);
    in.word("outcome", attempt.outcome);
    in.text("token", attempt.token);
    in.number("id", attempt.id);
    in.number("seen", attempt.seen);
    in.number("replicas", attempt.replicas);
    in.text("server", attempt.server);
    in.text("error", attempt.error);
    in.text("sqlstate", attempt.sqlstate);
    in.text("detail", attempt.detail);
}

void fill(Members& in, StepEvent& step) {
    in.number("index", step.index);
    in.text("kind", step.kind);
    in.text("text", step.text);
    in.flag("finished", step.finished);
    in.flag("ok", step.ok);
    in.at("at_ns", step.at);
    in.text("detail", step.detail);
}

void fill(Members& in, FaultEvent& fault) {
    in.text("fault_id", fault.fault_id);
    in.text("kind", fault.kind);
    in.word("stage", fault.stage);
    in.texts("targets", fault.targets);
    in.text("role", fault.role);
    in.at("at_ns", fault.at);
    in.text("detail", fault.detail);
}

void fill(Members& in, MemberSeen& member) {
    in.text("node", member.node);
    in.flag("reachable", member.reachable);
    in.text("role", member.role);
    in.text("state", member.state);
    in.number("timeline", member.timeline);
    in.number("lag_bytes", member.lag_bytes);
    in.flag("holds_lock", member.holds_lock);
    in.flag("writable", member.writable);
    in.at("previous_ns", member.previous);
    in.at("asked_ns", member.asked);
    in.at("at_ns", member.at);
}

void fill(Members& in, RedisMasterSeen& seen) {
    in.text("sentinel", seen.sentinel);
    in.text("master", seen.master);
    in.at("previous_ns", seen.previous);
    in.at("asked_ns", seen.asked);
    in.at("at_ns", seen.at);
}

void fill(Members& in, BackendSeen& seen) {
    in.text("app", seen.app);
    in.text("backend", seen.backend);
    in.text("server", seen.server);
    in.text("status", seen.status);
    in.at("previous_ns", seen.previous);
    in.at("asked_ns", seen.asked);
    in.at("at_ns", seen.at);
}

void fill(Members& in, CanarySeen& canary) {
    in.text("node", canary.node);
    in.flag("accepted", canary.accepted);
    in.number("timeline", canary.timeline);
    in.number("number", canary.number);
    in.text("error", canary.error);
    in.at("previous_ns", canary.previous);
    in.at("asked_ns", canary.asked);
    in.at("at_ns", canary.at);
}

void fill(Members& in, ReplicationSeen& seen) {
    in.text("node", seen.node);
    in.flag("in_recovery", seen.in_recovery);
    in.number("timeline", seen.timeline);
    in.number("written_bytes", seen.written);
    in.number("received_bytes", seen.received);
    in.number("replayed_bytes", seen.replayed);
    in.at("asked_ns", seen.asked);
    in.at("at_ns", seen.at);
    in.text("sync_standbys", seen.sync_standbys);
    in.at("sync_waited_ns", seen.sync_waited);
}

void fill(Members& in, OrdersSeen& seen) {
    in.text("node", seen.node);
    in.number("timeline", seen.timeline);
    in.number("from_id", seen.from_id);
    in.objects("numbers", seen.numbers, [](Members& range, OrdersSeen::Range& to) {
        range.number("stream", to.stream);
        range.number("first", to.first);
        range.number("last", to.last);
    });
    in.at("asked_ns", seen.asked);
    in.at("at_ns", seen.at);
}

void fill(Members& in, LeaderKeySeen& key) {
    in.text("holder", key.holder);
    in.number("revision", key.revision);
    in.text("told_by", key.told_by);
    in.flag("initial", key.initial);
    in.at("at_ns", key.at);
    in.at("previous_ns", key.previous);
}

void fill(Members& in, SentinelSaid& said) {
    in.text("sentinel", said.sentinel);
    in.text("channel", said.channel);
    in.text("message", said.message);
    in.at("at_ns", said.at);
}

void fill(Members& in, NodeSeen& seen) {
    in.text("node", seen.node);
    in.flag("reachable", seen.reachable);
    in.text("boot_id", seen.boot_id);
    in.at("clock_offset_ns", seen.clock_offset);
    in.at("clock_error_ns", seen.clock_error);
    in.at("asked_ns", seen.asked);
    in.at("at_ns", seen.at);
}

void fill(Members& in, ObserverCost& cost) {
    in.text("observer", cost.observer);
    in.text("node", cost.node);
    in.number("looks", cost.looks);
    in.number("failed", cost.failed);
    in.at("waited_ns", cost.waited);
    in.at("at_ns", cost.at);
}

void fill(Members& in, Fact& fact) {
    in.text("name", fact.name);
    in.text("value", fact.value);
    in.at("at_ns", fact.at);
}

void fill(Members& in, NodeState& state) {
    in.text("node", state.node);
    in.text("when", state.when);
    in.flag("complete", state.complete);
    in.text_map("facts", state.facts);
    in.at("at_ns", state.at);
}

void fill(Members& in, FinalRows& rows) {
    in.text("kind", rows.kind);
    in.text("source", rows.source);
    in.text("role", rows.role);
    in.objects("rows", rows.rows, [](Members& row, FinalRow& to) {
        row.text("token", to.token);
        row.number("id", to.id);
        row.number("count", to.count);
    });
    in.flag("last", rows.last);
    in.at("at_ns", rows.at);
}

void fill(Members& in, FinalQuota& quota) {
    in.text("name", quota.name);
    in.number("size", quota.size);
    in.number("sold", quota.sold);
    in.text("source", quota.source);
    in.at("at_ns", quota.at);
}

void fill(Members& in, Note& note) {
    in.word("effect", note.effect);
    in.text("text", note.text);
    in.at("at_ns", note.at);
}

void fill(Members& in, RunEnded& ended) {
    in.word("reason", ended.reason);
    in.text("detail", ended.detail);
    in.at("at_ns", ended.at);
}

template <class T>
Result<Event> read(Members& in) {
    T event;
    fill(in, event);
    if (!in.trouble().empty()) return fail(Error::Kind::invalid, in.trouble());
    return Event(std::move(event));
}

struct Type {
    std::string_view word;
    Result<Event> (*read)(Members&);
};
constexpr std::array<Type, std::variant_size_v<Event>> types{{
    {"run", read<RunStarted>},
    {"stream", read<StreamDeclared>},
    {"attempt", read<Attempt>},
    {"step", read<StepEvent>},
    {"fault", read<FaultEvent>},
    {"member", read<MemberSeen>},
    {"redis_master", read<RedisMasterSeen>},
    {"backend", read<BackendSeen>},
    {"canary", read<CanarySeen>},
    {"replication", read<ReplicationSeen>},
    {"orders_seen", read<OrdersSeen>},
    {"leader_key", read<LeaderKeySeen>},
    {"sentinel_said", read<SentinelSaid>},
    {"node_seen", read<NodeSeen>},
    {"observer_cost", read<ObserverCost>},
    {"fact", read<Fact>},
    {"node_state", read<NodeState>},
    {"final_rows", read<FinalRows>},
    {"final_quota", read<FinalQuota>},
    {"note", read<Note>},
    {"end", read<RunEnded>},
}};

}  // namespace

Result<Event> from_line(std::string_view line) {
    if (line.size() > line_limit)
        return fail(Error::Kind::protocol, "a line is longer than 4 MiB: this is no run record");
    // One a thread: its buffers are reused for the next line.
    static thread_local dom::parser parser(line_limit + simdjson::SIMDJSON_PADDING);
    dom::element root;
    if (auto const error = parser.parse(line.data(), line.size()).get(root))
        return fail(Error::Kind::protocol,
                    std::string("not a JSON object: ") + simdjson::error_message(error));
    dom::object object;
    if (root.get(object) != simdjson::SUCCESS)
        return fail(Error::Kind::protocol, "expected a JSON object, found something else");
    std::string_view type;
    if (object.at_key("t").get(type) != simdjson::SUCCESS)
        return fail(Error::Kind::protocol, "there is no \"t\" that names the event's type");
    Members members(object);
    for (Type const& known : types)
        if (known.word == type) return known.read(members);
    return fail(Error::Kind::protocol, "unknown event type \"" + std::string(type.substr(0, 40)) +
                                           "\": written by a newer version?");
}

}  // namespace interregnum::record
