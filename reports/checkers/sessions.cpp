// SPDX-License-Identifier: MIT
#include "reports/checkers/sessions.h"

#include <bit>
#include <limits>

#include "reports/checkers/dense_ids.h"

namespace interregnum::checkers {
namespace {

constexpr std::size_t shown = 10;
constexpr std::int64_t before_all = std::numeric_limits<std::int64_t>::min();

std::int64_t version(Value value) { return value.is_nil() ? before_all : value.number(); }

/// Of one key in one session: the newest own write and the newest version read, and by whom.
struct Floors {
    std::int64_t written{before_all};
    std::int64_t read{before_all};
    std::uint32_t written_by{never};
    std::uint32_t read_by{never};
    std::uint32_t session{never};  ///< whose; what another one left is nothing
};

/// Where sessions keep their floors. One whose operation's outcome is unknown has ended, and the
/// next one takes its place: so there are as many places as sessions at a time, however many come
/// one after the other.
class Places {
public:
    explicit Places(std::uint32_t sessions) : of_(sessions, never) {}
    std::uint32_t of(std::uint32_t session) {
        std::uint32_t& place = of_[session];
        if (place != never) return place;
        if (free_.empty()) return place = count_++;
        place = free_.back();
        free_.pop_back();
        return place;
    }
    void end(std::uint32_t session) {
        if (of_[session] != never) free_.push_back(of_[session]);
    }

private:
    std::uint32_t count_{0};
    std::vector<std::uint32_t> of_;
    std::vector<std::uint32_t> free_;
};

/// Floors by (place, key), by hashing.
class Table {
public:
    Table() { slots_.resize(std::size_t{1} << 10U); }
    Floors& at(std::uint64_t pair) {
        if ((count_ + 1) * 2 > slots_.size()) grow();
        Slot& slot = place(slots_, pair);
        if (slot.pair == none) {
            slot.pair = pair;
            ++count_;
        }
        return slot.floors;
    }

private:
    static constexpr std::uint64_t none = UINT64_MAX;
    struct Slot {
        std::uint64_t pair{none};
        Floors floors;
    };
    static Slot& place(std::vector<Slot>& slots, std::uint64_t pair) {
        std::size_t at = mix(pair) & (slots.size() - 1);
        while (slots[at].pair != none && slots[at].pair != pair) at = (at + 1) & (slots.size() - 1);
        return slots[at];
    }
    void grow() {
        std::vector<Slot> larger(slots_.size() * 2);
        for (Slot const& slot : slots_)
            if (slot.pair != none) place(larger, slot.pair) = slot;
        slots_ = std::move(larger);
    }
    std::size_t count_{0};
    std::vector<Slot> slots_;
};

class Sessions {
public:
    explicit Sessions(History const& history) : history_(&history), places_(history.processes) {}

    SessionsAnswer run() {
        answer_.sessions = history_->processes;
        keys_.reset([&](auto const& tell) {
            for (Operation const& operation : history_->operations) tell(operation.key);
        });
        // A session has one operation at a time, so they are in its order as they are in the file.
        for (std::uint32_t i = 0; i < history_->operations.size(); ++i) {
            Operation const& operation = history_->operations[i];
            if (operation.outcome == Outcome::unknown) places_.end(operation.process);
            if (operation.outcome != Outcome::ok) continue;
            std::uint64_t const pair =
                (std::uint64_t{places_.of(operation.process)} << 32U) | keys_.add(operation.key);
            Floors& floors = floors_.at(pair);
            if (floors.session != operation.process) floors = {.session = operation.process};
            if (operation.action == Action::read) read(i, floors);
            if (operation.action == Action::write) write(i, floors);
        }
        if (answer_.read_your_writes + answer_.monotonic_reads + answer_.monotonic_writes +
                answer_.writes_follow_reads >
            0)
            answer_.verdict = HistoryVerdict::invalid;
        else if (answer_.reads == 0)
            answer_.verdict = HistoryVerdict::unknown;
        return std::move(answer_);
    }

private:
    void read(std::uint32_t index, Floors& floors) {
        ++answer_.reads;
        std::int64_t const seen = version(history_->operations[index].value);
        if (seen < floors.written)
            note(answer_.read_your_writes, "own write not read",
                 "a client read an older version than it had written itself",
                 {floors.written_by, index});
        if (seen < floors.read)
            note(answer_.monotonic_reads, "read went back",
                 "a client read an older version than it had read before", {floors.read_by, index});
        if (seen <= floors.read) return;
        floors.read = seen;
        floors.read_by = index;
    }
    void write(std::uint32_t index, Floors& floors) {
        std::int64_t const made = version(history_->operations[index].value);
        if (made <= floors.written)
            note(answer_.monotonic_writes, "writes out of order",
                 "a client's write made no newer version than its write before",
                 {floors.written_by, index});
        if (made <= floors.read)
            note(answer_.writes_follow_reads, "write before what was read",
                 "a client's write made no newer version than it had read before",
                 {floors.read_by, index});
        if (made <= floors.written) return;
        floors.written = made;
        floors.written_by = index;
    }
    void note(std::uint64_t& count, std::string_view kind, std::string_view sentence,
              std::vector<std::uint32_t> proof) {
        if (count++ >= shown) return;
        std::erase(proof, never);
        answer_.found.push_back({.kind = std::string(kind),
                                 .sentence = std::string(sentence),
                                 .proof = std::move(proof)});
    }

    History const* history_;
    DenseIds keys_;
    Places places_;
    Table floors_;
    SessionsAnswer answer_;
};

}  // namespace

SessionsAnswer check_sessions(History const& history) { return Sessions(history).run(); }

}  // namespace interregnum::checkers
