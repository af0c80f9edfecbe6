// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// The run record: everything that happened in one run. Probes and the engine write it, reports
/// read it; it is the only thing they share. On disk it is `record.jsonl`, one event a line,
/// appended as it happens; `writer.h` and `reader.h` translate.
///
/// All instants are nanoseconds on the controller's steady clock since the run began (`Offset`,
/// JSON keys end in `_ns`). The run's one wall-clock anchor is in `RunStarted`.
namespace interregnum::record {

/// Written in the first line. Raised when a reader of the old version could misread the new.
inline constexpr int schema_version = 1;

using Offset = std::chrono::nanoseconds;

/// `ok`: the service said it happened. `failed`: it certainly did not. `unknown`: it may have
/// (deadline passed after the request left, link lost in COMMIT, acknowledged although the wait
/// for synchronous replication was cancelled...).
enum class Outcome { ok, failed, unknown };

/// What kind of service an attempt asks for. Downtime is reported for each.
enum class Service {
    write,    ///< a write to PostgreSQL through an entry point
    read,     ///< a read from PostgreSQL's read-only pool
    cache,    ///< a write to the Redis master
    ticket,   ///< a whole purchase: Redis and PostgreSQL
    cart,     ///< session, cart and lock in Redis
    voucher,  ///< a voucher redeemed in PostgreSQL
    task,     ///< a task put on the broker's queue and seen done
    http,     ///< any URL: a real shop front
};

/// Whether each attempt of a stream dials anew or keeps its connection while it works.
enum class Connection { kept, fresh };

/// A node of the inventory.
struct NodeInfo {
    std::string name;
    std::string address;
    std::string group;  ///< "db" or "app"
};

/// One condition of the scenario, as resolved when the run began.
struct Expectation {
    std::string measure;  ///< a registered measure: "write.downtime"
    std::string op;       ///< "<=", ">=", "==", "<", ">"
    /// The limit in the measure's own unit: nanoseconds for durations, else a count.
    std::int64_t limit{};
    std::string text;   ///< as the user wrote it, for reports: "write.downtime <= 60s"
    bool by_default{};  ///< true when the scenario did not state it (lost, duplicated...)
};

struct RunStarted {
    int schema{schema_version};
    std::string run_id;   ///< also the folder's name: "2026-11-22T03-10-44-kill-leader"
    std::string version;  ///< of the program
    std::string scenario;
    std::string title;
    std::string cluster;
    std::string environment;  ///< "disposable" or "production"
    std::uint64_t seed{};
    std::int64_t wall_start_ns{};  ///< since 1970 UTC, at Offset 0
    std::string again;             ///< the command line that repeats this run
    std::vector<NodeInfo> nodes;
    std::vector<Expectation> expectations;
    /// What a reader of the report must know: "--trust-new-hosts: 2 host keys were accepted".
    std::vector<std::string> notes;
    std::string by_design{};  ///< why nobody may serve in this drill; "": an outage is a bug
    std::string why{};        ///< why what is expected is what it is
    /// Nothing was to be done to the cluster (`watch`): what happened there, somebody else did.
    bool watched{};
};

/// A grid of attempts of one probe through one entry point. Declared before its first attempt.
struct StreamDeclared {
    int id{};
    std::string probe;  ///< "orders"
    Service service{Service::write};
    std::string entry;  ///< "app1:5000", as the inventory has it
    Connection connection{Connection::fresh};
    Offset period{};    ///< between two due times
    Offset deadline{};  ///< of each attempt, from its start; also the service time
    int clients{};
    /// How the entry was reached: "" as the inventory lists it, "multi" (all database nodes, the
    /// first that takes it), "direct" (one database node, past every proxy: of writes it says
    /// which node took them, not whether customers could buy), "via app1" (an SSH forward).
    std::string way{};
    /// What that way adds to each attempt, as it was measured before the run; of a forward.
    /// Instants at the entry are known only to within it.
    Offset way_delay{};
    /// No grid: each client began when its attempt before had ended, so a stall shows as few
    /// attempts and not as many late ones; good for capacity, not for percentiles. `period` is 0.
    bool closed_loop{};
};

struct Attempt {
    int stream{};
    std::int64_t number{};  ///< k-th due time of the stream, from 0
    Offset due{};
    Offset started{};  ///< == due for attempts that were never served by a free client
    Offset finished{};
    Outcome outcome{Outcome::unknown};
    /// Names what was written, unique in the run; empty for reads.
    std::string token;
    /// Row id or similar that the service returned; 0 when none.
    std::int64_t id{};
    /// Reads: the highest id of an order that was visible; -1 when it was not asked for. An order
    /// with a higher id that had been acknowledged before this attempt started was not seen.
    std::int64_t seen{-1};
    /// Writes to Redis: how many replicas had them, as WAIT said after the write was acknowledged;
    /// -1 when it was not asked or did not answer.
    std::int64_t replicas{-1};
    /// Where it ran as the server said: a node's name or address. Empty when not known.
    std::string server;
    /// Class of trouble, from a short list: "connect_refused", "connect_timeout", "timeout",
    /// "connection_lost", "read_only", "server_error", "sold_out", "unserved",
    /// "sync_wait_cancelled", "too_many_connections"... Empty when ok.
    std::string error;
    std::string sqlstate;  ///< five characters where PostgreSQL gave one
    std::string detail;    ///< the message, first 200 bytes; empty when ok
};

/// A step of the scenario. `finished` is absent in the event that says it began.
struct StepEvent {
    int index{};
    std::string kind;  ///< "steady", "fault", "await", "heal"
    std::string text;  ///< for people: "node.crash on leader (db1)"
    bool finished{};
    bool ok{};
    Offset at{};
    std::string detail;
};

enum class FaultStage {
    armed,       ///< undo journaled and synced; nothing injected yet
    injecting,   ///< the first inject command is about to leave
    injected,    ///< the last inject command has returned
    verified,    ///< the effect was seen
    unverified,  ///< no effect could be shown: the drill proves nothing
    inject_failed,
    undoing,
    undone,
    undo_failed,
};

struct FaultEvent {
    std::string fault_id;  ///< unique in the run: "f1"
    std::string kind;      ///< "node.crash"
    FaultStage stage{FaultStage::armed};
    std::vector<std::string> targets;  ///< node names, resolved
    std::string role;                  ///< as asked for: "leader"
    Offset at{};
    std::string detail;
};

/// A member of the Patroni cluster as an observer saw it; written when something changed.
/// Seen between `asked` and `at`.
struct MemberSeen {
    std::string node;
    bool reachable{};
    std::string role;   ///< "leader", "sync_standby", "replica"; Patroni's old "master" is "leader"
    std::string state;  ///< "running", "streaming", "starting"...
    std::int64_t timeline{};
    std::int64_t lag_bytes{-1};  ///< -1 unknown
    bool holds_lock{};           ///< Patroni's GET /leader answered 200
    bool writable{};             ///< PostgreSQL is up there and is not in recovery
    /// When the look before this one was asked, the last that still showed the old state: what
    /// changed did so between `previous` and `at`. -1 when this is the first look.
    Offset previous{-1};
    Offset asked{};
    Offset at{};
};

/// Which node the Sentinel on `sentinel` names as master; written when it changed.
struct RedisMasterSeen {
    std::string sentinel;
    std::string master;   ///< node name, "" when it did not answer
    Offset previous{-1};  ///< as in `MemberSeen`
    Offset asked{};
    Offset at{};
};

/// A backend server of HAProxy on `app`; written when its status changed.
struct BackendSeen {
    std::string app;
    std::string backend;
    std::string server;
    std::string status;   ///< "UP", "DOWN", "DRAIN"...; "" when HAProxy did not answer
    Offset previous{-1};  ///< as in `MemberSeen`
    Offset asked{};
    Offset at{};
};

/// What became of a write tried directly on a node, past every proxy; written when the answer
/// changed. Two nodes that accept writes at the same time are a split brain.
struct CanarySeen {
    std::string node;
    bool accepted{};          ///< the write was committed there
    std::int64_t timeline{};  ///< of a node that accepted; 0 else
    std::int64_t number{};    ///< of the last canary row written there, from 1; 0: none
    std::string error;        ///< as in `Attempt`; "read_only" of a standby; empty when accepted
    Offset previous{-1};      ///< as in `MemberSeen`; its try had the answer before this one
    Offset asked{};
    Offset at{};
};

/// Positions in the WAL of a node as asked directly, at every look while the node answers.
/// -1 where a position does not apply or is not known. Bytes, as pg_lsn counts them.
struct ReplicationSeen {
    std::string node;
    bool in_recovery{};
    std::int64_t timeline{};
    std::int64_t written{-1};   ///< the leader: pg_current_wal_lsn()
    std::int64_t received{-1};  ///< a standby: flushed to its disk
    std::int64_t replayed{-1};  ///< a standby: visible to readers
    Offset asked{};
    Offset at{};
    /// The leader's synchronous_standby_names, at most 200 bytes; "": its commits wait for nobody.
    std::string sync_standbys{};
    /// The leader: how long the commit that waits longest for a synchronous standby has waited,
    /// by that node's own clock (two readings of one clock, so no offset is needed). 0: none waits.
    Offset sync_waited{};
};

/// Which of the newest orders a node has that takes writes, as asked directly at every look.
struct OrdersSeen {
    /// Attempts of a stream, by their numbers, both ends included.
    struct Range {
        int stream{};
        std::int64_t first{};
        std::int64_t last{};
    };
    std::string node;
    std::int64_t timeline{};
    std::int64_t from_id{};      ///< orders with lower ids were not read; 0: all were
    std::vector<Range> numbers;  ///< in order, apart from each other
    Offset asked{};
    Offset at{};
};

/// A change of Patroni's leader key in etcd, as etcd's watch told it.
struct LeaderKeySeen {
    std::string holder;       ///< node that holds the lock; "" when the key is gone
    std::int64_t revision{};  ///< etcd's: orders the changes, whichever member told them
    std::string told_by;      ///< node whose etcd was watched
    bool initial{};           ///< not a change: how it stood when the watch began
    Offset at{};
    /// Of a change that was told only when a watch was made anew, or read where its history was
    /// gone: when the last watch (or read) that did not yet know of it was asked. The change came
    /// between that and `at`. -1: pushed as it happened, by a watch that stood (pushed_late in
    /// reports/measures/sightings.h says how late that may be).
    Offset previous{-1};
};

/// A message on a Sentinel's own channels: "+sdown", "+switch-master"...
struct SentinelSaid {
    std::string sentinel;
    std::string channel;
    std::string message;  ///< first 200 bytes
    Offset at{};
};

/// A node as asked over SSH: which boot it is in, and how far its clock is from the controller's.
/// Written when the boot changed or the offset moved by more than its error.
struct NodeSeen {
    std::string node;
    bool reachable{};
    std::string boot_id;
    /// Node's wall clock minus the controller's, and by how much that may be wrong (half the
    /// round trip): instants of the node's logs mean nothing without them.
    Offset clock_offset{};
    Offset clock_error{};
    Offset asked{};
    Offset at{};
};

/// What watching cost, once an observer ended.
struct ObserverCost {
    std::string observer;  ///< "patroni"
    std::string node;      ///< which it watched; "" where it was not one node
    std::int64_t looks{};
    std::int64_t failed{};  ///< of them without an answer
    Offset waited{};        ///< sum of the times from asking to the answer
    Offset at{};
};

/// A free-form fact about the cluster at an instant: "etcd_leader" -> "db3".
struct Fact {
    std::string name;
    std::string value;
    Offset at{};
};

/// State of a node that a drill must leave as it found it; `when` is "before" or "after".
struct NodeState {
    std::string node;
    std::string when;
    bool complete{};  ///< false when the node could not be asked
    std::map<std::string, std::string> facts;
    Offset at{};
};

/// Rows found by the final reads, after the cluster was proved healthy. Long lists come in
/// several events of the same kind and source.
struct FinalRow {
    std::string token;
    std::int64_t id{};
    std::int64_t count{1};  ///< how many rows carry this token
};
struct FinalRows {
    std::string kind;    ///< "orders", "tickets", "cache"
    std::string source;  ///< node that was read
    std::string role;    ///< "leader" or "replica" at that time
    std::vector<FinalRow> rows;
    bool last{};  ///< true in the closing event: the read of this source is complete
    Offset at{};
};

/// A quota as found by the final reads.
struct FinalQuota {
    std::string name;
    std::int64_t size{};
    std::int64_t sold{};  ///< positions of valid orders that count against it
    std::string source;
    Offset at{};
};

/// Something a reader must know. `effect` says what it does to the verdict.
struct Note {
    enum class Effect { none, inconclusive, error, not_undone };
    Effect effect{Effect::none};
    std::string text;
    Offset at{};
};

enum class EndReason {
    completed,    ///< played to its end, or to a step that could not go on: notes and steps say why
    aborted,      ///< by a condition of the scenario
    interrupted,  ///< by a signal
    error,        ///< the harness could not go on
};

/// The last line. A record without it is of a controller that was killed.
struct RunEnded {
    EndReason reason{EndReason::completed};
    std::string detail;
    Offset at{};
};

using Event = std::variant<RunStarted, StreamDeclared, Attempt, StepEvent, FaultEvent, MemberSeen,
                           RedisMasterSeen, BackendSeen, CanarySeen, ReplicationSeen, OrdersSeen,
                           LeaderKeySeen, SentinelSaid, NodeSeen, ObserverCost, Fact, NodeState,
                           FinalRows, FinalQuota, Note, RunEnded>;

/// Where events go. `write` may be called from any thread; it never blocks on the disk.
class Sink {
public:
    virtual ~Sink() = default;
    virtual void write(Event event) = 0;
};

/// A whole record in memory: what measures, checks and formats are functions of.
struct Record {
    RunStarted run;
    std::vector<StreamDeclared> streams;
    std::vector<Attempt> attempts;  ///< by `started`
    std::vector<StepEvent> steps;
    std::vector<FaultEvent> faults;
    std::vector<MemberSeen> members;
    std::vector<RedisMasterSeen> redis_masters;
    std::vector<BackendSeen> backends;
    std::vector<CanarySeen> canaries;
    std::vector<ReplicationSeen> replication;
    std::vector<OrdersSeen> orders_seen;
    std::vector<LeaderKeySeen> leader_keys;
    std::vector<SentinelSaid> sentinel_messages;
    std::vector<NodeSeen> nodes_seen;
    std::vector<ObserverCost> observer_costs;
    std::vector<Fact> facts;
    std::vector<NodeState> node_states;
    std::vector<FinalRows> final_rows;
    std::vector<FinalQuota> final_quotas;
    std::vector<Note> notes;
    std::optional<RunEnded> ended;
    /// True when the last line was cut off (the controller was killed while writing it).
    bool truncated{};
};

}  // namespace interregnum::record
