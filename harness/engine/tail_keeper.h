// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "harness/base/clock.h"
#include "harness/cluster/inventory.h"
#include "harness/engine/wal_tail_script.h"
#include "harness/record/event.h"
#include "harness/record/wal_tail.h"
#include "harness/remote/fleet.h"

namespace interregnum {

/// Keeps what a leader had written that its successor has not, before a rewind throws it away:
/// where the successor's timeline forked off and where the old one ends, what is in between
/// (counts, times of commits), and the files of WAL themselves. Each tail is written into the
/// record as a fact (record/wal_tail.h).
///
/// A race with Patroni, which starts on the old leader at the same time as sshd and rewinds it some
/// seconds later. It is not held up for that: a drill shows what the cluster does by itself. Where
/// the rewind was first the tail says so, and takes the end from Patroni's log.
///
/// A sink, since it learns of leaders from what observers see. It has sessions of its own, as a
/// copy may take a while and a lease has to be renewed meanwhile; they are dialled when a leader
/// was replaced, to that one and its successor only.
class TailKeeper final : public record::Sink {
public:
    struct Plan {
        std::vector<std::string> nodes;  ///< that PostgreSQL runs on
        std::string folder;              ///< for NODE/wal/SEGMENT.gz: the run's `logs`
        /// WAL holds all that was written into any database of the server: files are kept of
        /// disposable clusters only, else what is in them is described and no more.
        bool keep_files{true};
        std::int64_t most_bytes{64LL << 20U};  ///< of files of one tail; none is kept beyond it
    };
    TailKeeper(record::Sink& next, std::unique_ptr<Fleet> own, Plan plan, Clock& clock,
               Instant origin);
    void write(record::Event event) override;

    /// Asks over `fleet` where the nodes keep their WAL, and begins to wait for a new leader.
    void start(Fleet& fleet, std::stop_token stop);
    /// Ends it; what could not be kept until now is told. Takes some seconds for each such tail.
    void finish();

private:
    struct Open {
        record::WalTail tail;
        std::string last_trouble;  ///< why the last try came to nothing
        bool found{};              ///< its end is known, as it stood when it was looked at last
        Instant next{};            ///< not looked at before
    };
    void learn(record::MemberSeen const& seen);
    void run(std::stop_token const& stop);
    /// True: nothing is left to do for this one.
    bool try_once(Open& open, std::stop_token const& stop);
    bool find_fork(Open& open, std::stop_token const& stop);
    Result<TailLook> look(record::WalTail const& tail, std::stop_token const& stop);
    void keep_files(Open& open, TailLook const& seen, std::stop_token const& stop);
    Status copy(record::WalTail const& tail, std::vector<WalPiece> const& pieces,
                std::string const& folder, std::stop_token const& stop);
    void ask_the_log(Open& open);
    void tell(record::WalTail const& tail);
    Result<std::string> ask(std::string const& node, std::string script,
                            std::vector<std::string> arguments, Duration timeout,
                            std::stop_token const& stop);

    record::Sink& next_;
    std::unique_ptr<Fleet> own_;
    Plan plan_;
    Clock& clock_;
    Instant origin_;
    std::map<std::string, WalPlaces> places_;  ///< not changed once started

    std::mutex mutex_;  ///< of all below
    std::condition_variable_any changed_;
    record::MemberSeen reigning_;
    std::vector<Open> fresh_;  ///< not yet taken up by the thread

    std::vector<Open> open_;  ///< the thread's, and of `finish` after its end
    std::jthread thread_;
};

/// One for a run on that cluster, with its folder.
[[nodiscard]] TailKeeper tail_keeper_of(record::Sink& next, Inventory const& inventory,
                                        bool trust_new_hosts, std::string const& folder,
                                        Clock& clock, Instant origin);

}  // namespace interregnum
