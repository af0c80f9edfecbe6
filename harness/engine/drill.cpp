// SPDX-License-Identifier: MIT
#include "harness/engine/drill.h"

#include <filesystem>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/log.h"
#include "harness/base/units.h"
#include "harness/engine/abort_watch.h"
#include "harness/engine/access.h"
#include "harness/engine/baseline.h"
#include "harness/engine/conductor.h"
#include "harness/engine/end_of_shop.h"
#include "harness/engine/leftovers.h"
#include "harness/engine/live_view.h"
#include "harness/engine/node_lock.h"
#include "harness/engine/node_logs.h"
#include "harness/engine/node_state.h"
#include "harness/engine/node_watch.h"
#include "harness/engine/notices.h"
#include "harness/engine/plan_file.h"
#include "harness/engine/run_folder.h"
#include "harness/engine/run_mark.h"
#include "harness/engine/run_started.h"
#include "harness/engine/run_stop.h"
#include "harness/engine/spot_watch.h"
#include "harness/engine/states_when_settled.h"
#include "harness/engine/status_line.h"
#include "harness/engine/stores.h"
#include "harness/engine/tail_keeper.h"
#include "harness/engine/traffic.h"
#include "harness/engine/watch_lines.h"
#include "harness/engine/way_in.h"
#include "harness/record/writer.h"

namespace interregnum {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using record::Note;

/// Waits that end a run are bounded by these, so that a dead cluster cannot hold the harness.
constexpr Duration look_timeout = 2s;
constexpr Duration final_redundancy_patience = 120s;
/// Whoever works on the cluster may have left it so on purpose.
constexpr Duration final_redundancy_patience_watching = 30s;
/// Twice Patroni's default loop_wait.
constexpr Duration settle_patience = 20s;
/// A network wakes up later than the machine that was suspended.
constexpr Duration lock_patience = 60s;

/// One run in progress: the pieces that live as long as it does, in the order they depend on
/// each other. `play` does it; the destructor only frees.
class Drill {
public:
    Drill(DrillRequest const& request, StopOnSignal& signals, RunStop const& stop, Fleet& fleet,
          std::string folder, std::unique_ptr<record::Writer> writer, UndoJournal journal)
        : request_(request),
          signals_(signals),
          stop_(stop),
          fleet_(fleet),
          hands_(fleet_),
          folder_(std::move(folder)),
          writer_(std::move(writer)),
          origin_(clock_.now()),
          tail_keeper_(tail_keeper_of(*writer_, request.inventory, request.trust_new_hosts, folder_,
                                      clock_, origin_)),
          spot_watch_(tail_keeper_, fleet_, node_names(request.inventory), request.inventory.spot,
                      clock_, origin_),
          node_watch_(spot_watch_, fleet_, node_names(request.inventory), clock_, origin_),
          notices_(node_watch_),
          tally_(notices_),
          journal_(std::move(journal)),
          context_(probe_context(request.inventory, request.secrets)),
          stores_(request.scenario.workload) {
        context_.run_id = fs::path(folder_).filename();
        context_.seed = request.seed;
        context_.origin = origin_;
        context_.clock = &clock_;
        context_.sink = &tally_;
        if (request.watching) context_.sink = &live_view_.emplace(tally_);
    }

    /// Customers dial the entry points of `dialled`; `notes` are for readers of the report.
    void dial_as(ProbeContext const& dialled, std::vector<std::string> notes) {
        context_.write = dialled.write;
        context_.read = dialled.read;
        context_.cache = dialled.cache;
        context_.plain = dialled.plain;
        notes_at_start_ = std::move(notes);
    }
    void play();
    [[nodiscard]] bool undone() const { return undone_; }

private:
    void begin();
    bool sweep_leftovers();
    bool prove_baseline();
    bool may_touch();
    bool play_steps(Conductor& conductor, Traffic& traffic);
    void read_everything_back(Conductor& conductor);
    bool keeps_shop();
    void clean_up();
    void end(record::EndReason reason, std::string detail);
    void end_after(bool played);

    [[nodiscard]] record::Offset now() const { return clock_.now() - origin_; }
    void note(Note::Effect effect, std::string text) {
        log::warn("drill.note", text);
        tally_.write(Note{.effect = effect, .text = std::move(text), .at = now()});
    }
    [[nodiscard]] ClusterView look(std::stop_token stop) {
        return look_at_cluster(request_.inventory, request_.secrets, look_timeout, std::move(stop));
    }

    DrillRequest const& request_;
    StopOnSignal& signals_;
    RunStop const& stop_;
    SteadyClock clock_;
    Fleet& fleet_;
    Hands hands_;
    std::string folder_;
    std::unique_ptr<record::Writer> writer_;
    Instant origin_;
    // Sinks, each of which passes on to the one before it.
    TailKeeper tail_keeper_;
    SpotWatch spot_watch_;
    NodeWatch node_watch_;
    Notices notices_;
    LiveTally tally_;
    std::optional<LiveView> live_view_;  ///< where somebody watches
    std::stop_source seen_enough_;       ///< whoever watches has
    UndoJournal journal_;
    ProbeContext context_;
    std::vector<std::string> notes_at_start_;
    Stores stores_;
    bool undone_{true};
    bool stores_prepared_{};
    std::vector<std::string> members_;       ///< Patroni's names of them
    std::vector<record::NodeState> before_;  ///< the nodes as the drill must leave them
    std::string aborted_;                    ///< why the run was called off; empty when it was not
};

void Drill::begin() {
    ClusterView const view = look(stop_.token());
    members_ = member_names(view);
    know_addresses(context_.nodes, view, stop_.token());
    record::RunStarted started = run_started(request_, view);
    started.run_id = context_.run_id;
    started.wall_start_ns = (wall_now() - now()).count();
    for (std::string& told : notes_at_start_) started.notes.push_back(std::move(told));
    tally_.write(std::move(started));
}

/// What an earlier run of another controller left is undone first, and told. A fault whose lease
/// is being renewed is somebody's who is still there: then nothing is touched.
bool Drill::sweep_leftovers() {
    std::vector<std::string> const nodes = node_names(request_.inventory);
    auto const take_states = [&] {
        return node_states(fleet_, nodes, members_, "before", now(), stop_.token());
    };
    auto states = take_states();
    auto leftovers = sweep_dirty_nodes(fleet_, states, stop_.token());
    if (!leftovers.swept.empty()) add_what_stayed(leftovers, states = take_states());
    for (std::string const& text : leftovers.swept) note(Note::Effect::none, text);
    for (std::string const& text : leftovers.left) note(Note::Effect::inconclusive, text);
    for (record::NodeState const& state : states) tally_.write(state);
    before_ = std::move(states);
    return leftovers.left.empty();
}

bool Drill::prove_baseline() {
    std::stop_token const stop = stop_.token();
    // Whoever watches has the cluster in hand: it may be paused, or lack a member.
    if (request_.watching) {
        auto const reasons = not_healthy_because(look(stop));
        if (!reasons.empty())
            note(Note::Effect::none,
                 fmt::format("the cluster was not healthy as watching began: {}",
                             fmt::join(reasons, "; ")));
        return true;
    }
    auto const reasons =
        no_baseline_because({.steps = request_.scenario.steps,
                             .interruptions = spot_watch_.interruptions(),
                             .fleet = fleet_,
                             .clock = clock_,
                             .look = [this](std::stop_token until) { return look(until); }},
                            stop);
    for (std::string const& reason : reasons) note(Note::Effect::inconclusive, reason);
    return reasons.empty();
}

/// Whoever was suspended until now may find another run's shop where its own would be made.
bool Drill::may_touch() {
    Status const held = stop_.holds(stop_.token(), lock_patience);
    // That another run has the lock is told as this one ends.
    if (!held && !stop_.token().stop_requested())
        note(Note::Effect::inconclusive, "nothing was touched: " + held.error().message);
    return held.has_value();
}

bool Drill::play_steps(Conductor& conductor, Traffic& traffic) {
    std::stop_source halt;
    std::stop_callback const by_signal(stop_.token(), [&halt] { halt.request_stop(); });
    std::stop_token const stop = halt.get_token();
    traffic.start_customers();
    std::optional<StatusLine> status;
    std::optional<WatchLines> lines;
    if (request_.watching) {
        signals_.first_ends(seen_enough_);
        lines.emplace(*live_view_, request_.watching->line_every, clock_, origin_);
    } else {
        status.emplace(tally_, clock_, origin_);
    }
    AbortWatch watch(
        request_.scenario.limits, request_.stop_file,
        {.tally = tally_, .breaches = notices_.breaches(), .clock = clock_, .origin = origin_},
        halt);
    log::info("drill.steady", fmt::format("{} before the first step",
                                          format_duration(request_.scenario.steady_before)));
    bool const played = clock_.sleep_for(request_.scenario.steady_before, stop) &&
                        conductor.play(request_.scenario.steps, stop);
    if (played) {
        log::info("drill.steady", fmt::format("{} after the last step",
                                              format_duration(request_.scenario.steady_after)));
        clock_.sleep_for(request_.scenario.steady_after, stop);
    }
    signals_.first_ends(std::nullopt);
    aborted_ = watch.finish();
    undone_ = conductor.heal_all() && undone_;
    traffic.stop_customers();
    if (stop_.lost().empty()) undone_ = conductor.await_boots() && undone_;  // else not ours
    return played && !stop.stop_requested();
}

void Drill::read_everything_back(Conductor& conductor) {
    std::stop_token const stop = stop_.token();
    std::string why_not;
    Duration const patience =
        request_.watching ? final_redundancy_patience_watching : final_redundancy_patience;
    if (!conductor.await(Condition::redundant, patience, stop, why_not))
        note(Note::Effect::none, "read back although the cluster is not redundant: " + why_not);
    if (stop.stop_requested()) return;
    log::info("drill.final_reads", "reading every order and ticket back");
    if (auto done = stores_.final_read(context_, look(stop), stop); !done)
        note(Note::Effect::none, "final reads are not complete: " + done.error().message);
}

bool Drill::keeps_shop() {
    if (!request_.keeps_shop || signals_.interrupted()) return false;
    static_cast<void>(writer_->flush());  // where it cannot be, the one at the end says so
    return request_.keeps_shop(folder_ + "/record.jsonl", now());
}

void Drill::clean_up() {
    // No stop token from here on: a signal must not leave our schema or an open question behind.
    // But where the nodes are another run's by now, so are the shop and what is in force there.
    std::vector<std::string> const nodes = node_names(request_.inventory);
    log::info("drill.logs", "collecting the nodes' logs");
    for (std::string const& problem :
         collect_node_logs(fleet_, nodes, now(), folder_ + "/logs", {}))
        log::warn("drill.logs", problem);
    if (stores_prepared_ && stop_.still_ours(lock_patience)) {
        auto left = end_of_shop(stores_, context_, clock_, [this] { return keeps_shop(); });
        if (left) note(left->effect, std::move(left->text));
    }
    if (!stop_.still_ours(lock_patience)) return;
    // What somebody else changed stays so.
    Duration const patience = request_.watching ? Duration() : settle_patience;
    auto const take = [&] { return node_states(fleet_, nodes, members_, "after", now(), {}); };
    for (record::NodeState& state : states_when_settled(before_, take, patience, clock_))
        tally_.write(std::move(state));
}

void Drill::end(record::EndReason reason, std::string detail) {
    if (std::string const lost = stop_.lost(); !lost.empty())
        note(Note::Effect::inconclusive,
             lost + "; so this one was ended, and nodes and shop were left to that one");
    tally_.write(record::RunEnded{.reason = reason, .detail = std::move(detail), .at = now()});
    if (auto flushed = writer_->flush(); !flushed)
        log::error("record.incomplete", flushed.error().message);
}

void Drill::play() {
    begin();
    node_watch_.look(stop_.token());
    spot_watch_.look(stop_.token());
    if (!sweep_leftovers() || !prove_baseline() || !may_touch()) {
        using enum record::EndReason;
        return end(signals_.interrupted() ? interrupted : completed, "before the first step");
    }
    auto traffic = Traffic::plan(request_.scenario.workload, context_);
    if (!traffic) {
        note(Note::Effect::error, traffic.error().message);
        return end(record::EndReason::error, traffic.error().message);
    }
    stores_prepared_ = true;  // also when cut off in the middle: dropping is idempotent
    log::info("drill.prepares", "schema and keys of the test shop");
    auto const prepared = stores_.prepare(context_, stop_.token());
    bool played = false;
    if (!prepared && stop_.lost().empty()) {
        note(Note::Effect::error, "the shop could not be prepared: " + prepared.error().message);
    } else if (prepared) {
        Conductor conductor(
            {.tools = {
                 .hands = hands_,
                 .journal = journal_,
                 .sink = tally_,
                 .clock = clock_,
                 .origin = origin_,
                 .why_gone = [this](std::string const& node) { return spot_watch_.why_gone(node); },
                 .inventory = &request_.inventory,
                 .still_ours =
                     [this](auto const& stop) { return stop_.holds(stop, lock_patience); }},
             .tally = tally_,
             .look = [this](std::stop_token stop) { return look(std::move(stop)); },
             .seed = request_.seed,
             .limits = request_.scenario.limits,
             .run_mark = run_mark(context_.run_id),
             .enough = seen_enough_.get_token()});
        (*traffic)->start_observers();
        node_watch_.start();
        spot_watch_.start();
        tail_keeper_.start(fleet_, stop_.token());
        played = play_steps(conductor, **traffic);
        if (!stop_.token().stop_requested()) read_everything_back(conductor);
    }
    (*traffic)->stop_observers();
    spot_watch_.stop();
    spot_watch_.look({});
    node_watch_.stop();
    node_watch_.look({});
    tail_keeper_.finish();
    clean_up();
    end_after(played);
}

void Drill::end_after(bool played) {
    if (signals_.interrupted()) return end(record::EndReason::interrupted, "by a signal");
    if (!aborted_.empty()) return end(record::EndReason::aborted, aborted_);
    end(record::EndReason::completed, played ? "" : "a step could not go on");
}

}  // namespace

Result<std::string> run_drill(DrillRequest const& request, ClusterState& state,
                              StopOnSignal& signals) {
    if (auto may = may_begin(state); !may) return std::unexpected(may.error());
    auto fleet = make_fleet(request.inventory, request.trust_new_hosts);
    log::info("drill.connects",
              fmt::format("{} nodes of cluster {}", request.inventory.nodes.size(),
                          request.inventory.cluster));
    if (auto ready = connect_and_check_consent(*fleet, request.inventory, signals.token()); !ready)
        return std::unexpected(ready.error());
    ProbeContext dialled = probe_context(request.inventory, request.secrets);
    auto const way_in =
        open_way_in(request.inventory, request.trust_new_hosts, dialled, signals.token());
    if (!way_in) return std::unexpected(way_in.error());
    auto folder = make_run_folder(request.out_folder, request.scenario.name);
    if (!folder) return folder;
    // Here, since from the lock on it is renewed beside everything else.
    std::vector<std::string> notes = fleet->notes();
    note_way_in(request.inventory, way_in->get(), notes);
    SteadyClock clock;
    RunStop stop(signals.token());
    auto lock =
        NodeLock::take(*fleet, node_names(request.inventory), fs::path(*folder).filename(), clock,
                       stop.token(), [&stop](std::string why) { stop.lock_lost(std::move(why)); });
    if (!lock) {
        std::error_code ignored;
        fs::remove_all(*folder, ignored);
        fs::remove(request.out_folder, ignored);  // only when it is empty
        return std::unexpected(lock.error());
    }
    stop.lock_taken(*lock);
    if (auto saved = save_plan(request, *folder + "/plan.json"); !saved)
        return std::unexpected(saved.error());
    auto journal = UndoJournal::open(*folder + "/undo.journal");
    if (!journal) return std::unexpected(journal.error());
    auto writer = record::Writer::create(*folder + "/record.jsonl");
    if (!writer) return std::unexpected(writer.error());
    log::also_to_file(*folder + "/controller.log");
    if (auto opened = state.begin_run(fs::path(*folder).filename(), *folder); !opened)
        return std::unexpected(opened.error());
    Drill drill(request, signals, stop, *fleet, *folder, std::move(*writer), std::move(*journal));
    drill.dial_as(dialled, std::move(notes));
    drill.play();
    lock->release();
    auto const open = open_promises(*folder + "/undo.journal");
    if (drill.undone() && open && open->empty()) state.close_run(*folder);
    return folder;
}

}  // namespace interregnum
