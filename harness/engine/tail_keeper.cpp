// SPDX-License-Identifier: MIT
#include "harness/engine/tail_keeper.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include <fmt/format.h>

#include "harness/base/log.h"
#include "harness/base/units.h"
#include "harness/engine/access.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::WalTail;
namespace fs = std::filesystem;

/// Between two tries. A Patroni that starts needs seconds until it rewinds.
constexpr Duration period = 250ms;
/// A node that is down gets a new SYN so often, and its answer is not waited for any longer.
constexpr Duration quick = 2s;
/// While the old leader's server is up, looks may go on for long, and each costs the node some
/// tenth of a second of a processor.
constexpr Duration patient_period = 3s;
/// pg_waldump gives up after 20 s on the node itself.
constexpr Duration look_limit = 25s;
constexpr Duration copy_limit = 15s;
constexpr Duration log_limit = 8s;

std::string mebibytes(std::int64_t bytes) { return fmt::format("{} MiB", bytes >> 20U); }

}  // namespace

TailKeeper::TailKeeper(record::Sink& next, std::unique_ptr<Fleet> own, Plan plan, Clock& clock,
                       Instant origin)
    : next_(next), own_(std::move(own)), plan_(std::move(plan)), clock_(clock), origin_(origin) {}

void TailKeeper::write(record::Event event) {
    if (auto const* seen = std::get_if<record::MemberSeen>(&event)) learn(*seen);
    next_.write(std::move(event));
}

void TailKeeper::learn(record::MemberSeen const& seen) {
    if (!seen.reachable || !seen.holds_lock) return;
    std::scoped_lock const lock(mutex_);
    if (seen.timeline < reigning_.timeline) return;  // one that does not know yet that it is over
    if (!reigning_.node.empty() && seen.node != reigning_.node) {
        fresh_.push_back(
            {.tail = {.node = reigning_.node, .timeline = reigning_.timeline, .next = seen.node}});
        changed_.notify_all();
    }
    reigning_ = seen;
}

void TailKeeper::start(Fleet& fleet, std::stop_token stop) {
    std::vector<Fleet::Task> tasks;
    tasks.reserve(plan_.nodes.size());
    for (std::string const& node : plan_.nodes)
        tasks.push_back(
            {.node = node, .command = {.argv = {"sh", "-s", "--"}, .input = wal_places_script()}});
    auto const results = fleet.run_all(tasks, std::move(stop));
    for (std::size_t index = 0; index < results.size(); ++index)
        if (results[index])
            if (auto found = parse_wal_places(results[index]->out))
                places_.emplace(plan_.nodes[index], *std::move(found));
    thread_ = std::jthread([this](std::stop_token const& stopping) { run(stopping); });
}

void TailKeeper::run(std::stop_token const& stop) {
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(mutex_);
            auto const until = clock_.now() + (open_.empty() ? Duration(1h) : period);
            changed_.wait_until(lock, stop, until, [this] { return !fresh_.empty(); });
            std::ranges::move(fresh_, std::back_inserter(open_));
            fresh_.clear();
        }
        std::erase_if(open_,
                      [&](Open& open) { return !stop.stop_requested() && try_once(open, stop); });
    }
}

Result<std::string> TailKeeper::ask(std::string const& node, std::string script,
                                    std::vector<std::string> arguments, Duration timeout,
                                    std::stop_token const& stop) {
    RemoteCommand command{.argv = {"sh", "-s", "--"},
                          .input = std::move(script),
                          .timeout = timeout,
                          .output_limit = 8U << 20U};
    std::ranges::move(arguments, std::back_inserter(command.argv));
    auto said = own_->run_on(node, command, stop);
    if (!said) return std::unexpected(said.error());
    if (said->exit_status != 0)
        return fail(Error::Kind::failed, fmt::format("{}: expected status 0, got {}: {}", node,
                                                     said->exit_status, said->err.substr(0, 200)));
    return std::move(said->out);
}

bool TailKeeper::find_fork(Open& open, std::stop_token const& stop) {
    auto const places = places_.find(open.tail.next);
    if (places == places_.end()) {
        open.last_trouble = fmt::format("it is not known where {} keeps its data", open.tail.next);
        return false;
    }
    auto const said = ask(open.tail.next, history_script(), {places->second.data}, quick, stop);
    if (!said) {
        open.last_trouble = said.error().message;
        return false;
    }
    auto const fork = fork_of(*said, open.tail.timeline);
    if (!fork) {
        open.last_trouble = fmt::format("the history of {} does not name timeline {}",
                                        open.tail.next, open.tail.timeline);
        return false;
    }
    open.tail.fork = *fork;
    return true;
}

Result<TailLook> TailKeeper::look(WalTail const& tail, std::stop_token const& stop) {
    WalPlaces const& places = places_.at(tail.node);
    // Whether it is there at all is found out quickly, by a session.
    if (auto const there = ask(tail.node, "", {}, quick, stop); !there)
        return std::unexpected(there.error());
    auto const said = ask(tail.node, tail_script(),
                          {places.data, places.programs, std::to_string(tail.timeline),
                           record::show_wal_position(tail.fork)},
                          look_limit, stop);
    if (!said) return std::unexpected(said.error());
    return parse_tail(*said, tail);
}

bool TailKeeper::try_once(Open& open, std::stop_token const& stop) {
    if (clock_.now() < open.next) return false;
    if (!places_.contains(open.tail.node)) {
        open.last_trouble = fmt::format("it is not known where {} keeps its data", open.tail.node);
        return false;
    }
    if (open.tail.fork < 0 && !find_fork(open, stop)) return false;
    auto seen = look(open.tail, stop);
    if (!seen) {
        open.last_trouble = seen.error().message;
        return false;
    }
    switch (seen->state) {
        case TailLook::State::unsteady:
            open.last_trouble = "its WAL changed while it was read";
            return false;
        case TailLook::State::gone:
            open.last_trouble = seen->why;
            if (!open.found) ask_the_log(open);
            open.tail.not_kept = open.last_trouble;
            tell(open.tail);
            return true;
        case TailLook::State::so_far:
            open.tail = std::move(seen->tail);
            open.found = open.tail.end >= 0;
            open.next = clock_.now() + patient_period;
            open.last_trouble = "its server was up until the end and might have written more";
            return false;
        case TailLook::State::final:
            break;
    }
    open.tail = seen->tail;
    open.found = open.tail.end >= 0;
    if (open.found) {
        keep_files(open, *seen, stop);
    } else {
        open.tail.not_kept = seen->why;
        ask_the_log(open);
    }
    tell(open.tail);
    return true;
}

void TailKeeper::keep_files(Open& open, TailLook const& seen, std::stop_token const& stop) {
    WalTail& tail = open.tail;
    if (record::lost_bytes(tail).value_or(0) == 0) return;
    if (!plan_.keep_files) {
        tail.not_kept = "files of WAL are kept of disposable clusters only";
        return;
    }
    std::int64_t const first = tail.fork / seen.segment_bytes;
    std::int64_t const count = (tail.end - 1) / seen.segment_bytes - first + 1;
    if (count > plan_.most_bytes / seen.segment_bytes) {
        tail.not_kept = fmt::format("{} files of {} are more than the {} that are kept of a node",
                                    format_count(count), mebibytes(seen.segment_bytes),
                                    mebibytes(plan_.most_bytes));
        return;
    }
    auto const pieces = pieces_of(tail, seen.segment_bytes);
    std::string const folder = fmt::format("{}/{}/wal", plan_.folder, tail.node);
    Status done = copy(tail, pieces, folder, stop);
    if (done) {
        // Only what was still the old leader's own after the last byte was read is kept.
        auto const after = look(tail, stop);
        if (!after)
            done = std::unexpected(after.error());
        else if (after->state != TailLook::State::final || after->tail.end < tail.end)
            done = fail(Error::Kind::failed, "it was rewound while its WAL was copied");
    }
    std::error_code ignored;
    if (!done) {
        for (WalPiece const& piece : pieces)
            fs::remove(fmt::format("{}/{}.gz", folder, piece.segment), ignored);
        fs::remove(folder, ignored);  // only when it is empty
        tail.not_kept = done.error().message;
        return;
    }
    for (WalPiece const& piece : pieces)
        if (piece.skip == 0) tail.segments.push_back(piece.segment);
}

Status TailKeeper::copy(WalTail const& tail, std::vector<WalPiece> const& pieces,
                        std::string const& folder, std::stop_token const& stop) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error)
        return fail(Error::Kind::failed,
                    fmt::format("cannot make {}: {}", folder, error.message()));
    // Whatever was written into any database is in there.
    fs::permissions(folder, fs::perms::owner_all, error);
    for (WalPiece const& piece : pieces) {
        auto const said =
            ask(tail.node, piece_script(),
                {places_.at(tail.node).data, piece.segment, std::to_string(piece.skip),
                 std::to_string(piece.keep), std::to_string(piece.zeros)},
                copy_limit, stop);
        if (!said) return std::unexpected(said.error());
        std::string const path = fmt::format("{}/{}.gz", folder, piece.segment);
        // What gzip made piece by piece is, put together, what gunzip reads as one file.
        std::ofstream file(path, piece.skip == 0 ? std::ios::binary | std::ios::trunc
                                                 : std::ios::binary | std::ios::app);
        file << *said;
        if (!file.flush()) return fail(Error::Kind::failed, fmt::format("cannot write {}", path));
    }
    return {};
}

void TailKeeper::ask_the_log(Open& open) {
    auto const span = std::chrono::ceil<std::chrono::seconds>(clock_.now() - origin_).count() + 5;
    auto const said =
        ask(open.tail.node, rewind_log_script(), {std::to_string(span)}, log_limit, {});
    if (!said) return;
    RewindLog const log = parse_rewind_log(*said, open.tail.timeline);
    if (!log.rewound.empty())
        open.last_trouble =
            fmt::format("pg_rewind was first: at {} by the node's clock", log.rewound);
    if (open.tail.end >= 0 || log.end < 0) return;
    open.tail.end = log.end;
    open.tail.end_from = "Patroni's log";
}

void TailKeeper::tell(WalTail const& tail) {
    auto const lost = record::lost_bytes(tail);
    log::info(
        "wal.tail",
        fmt::format("{} has {} bytes of WAL on timeline {} that {} has not; {}", tail.node,
                    lost ? format_count(*lost) : "an unknown number of", tail.timeline, tail.next,
                    tail.not_kept.empty() ? fmt::format("{} files kept", tail.segments.size())
                                          : "not kept: " + tail.not_kept));
    next_.write(record::Fact{.name = std::string(record::wal_tail_fact),
                             .value = record::to_text(tail),
                             .at = clock_.now() - origin_});
}

void TailKeeper::finish() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
    {
        std::scoped_lock const lock(mutex_);
        std::ranges::move(fresh_, std::back_inserter(open_));
        fresh_.clear();
    }
    for (Open& open : open_) {
        if (open.tail.fork < 0) find_fork(open, {});
        if (open.last_trouble.empty()) open.last_trouble = "the run ended first";
        if (!open.found) ask_the_log(open);
        open.tail.not_kept = open.last_trouble;
        tell(open.tail);
    }
    open_.clear();
}

TailKeeper tail_keeper_of(record::Sink& next, Inventory const& inventory, bool trust_new_hosts,
                          std::string const& folder, Clock& clock, Instant origin) {
    TailKeeper::Plan plan{.folder = folder + "/logs",
                          .keep_files = inventory.environment == "disposable"};
    for (InventoryNode const& node : inventory.nodes)
        if (node.group == "db") plan.nodes.push_back(node.name);
    return TailKeeper(next, make_fleet(inventory, trust_new_hosts), std::move(plan), clock, origin);
}

}  // namespace interregnum
