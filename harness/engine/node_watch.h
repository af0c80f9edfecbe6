// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "harness/base/clock.h"
#include "harness/engine/faults_in_force.h"
#include "harness/record/event.h"
#include "harness/remote/fleet.h"

namespace interregnum {

/// What a node says when it is asked for its clock and its boot.
struct NodeReading {
    record::Offset wall{};  ///< its wall clock, since 1970
    std::string boot_id;
};
/// "seconds.nanoseconds", a line, the boot id, a line. Fails for anything else.
[[nodiscard]] Result<NodeReading> parse_node_reading(std::string_view out);

/// Whether a sight of a node tells more than the one before it: another boot, reachable or not, or
/// an offset that moved by more than the two errors can explain.
[[nodiscard]] bool tells_more(record::NodeSeen const& before, record::NodeSeen const& now);

/// Asks every node over SSH which boot it is in and how far its clock is from the controller's:
/// when told to, after each fault, and every 10 s. A sink, since what it sees of faults tells it
/// when sessions are wanted for more important things: while a fault is being injected or undone
/// nobody is asked, and the targets of one in force are left alone, which may not answer and would
/// keep their sessions busy.
class NodeWatch final : public record::Sink {
public:
    NodeWatch(record::Sink& next, Fleet& fleet, std::vector<std::string> nodes, Clock& clock,
              Instant origin);
    void write(record::Event event) override;

    /// Asks all nodes now and returns when all have answered, or after some 3 s.
    void look(std::stop_token stop);
    /// Begins to ask from time to time, until `stop` or the end of this object.
    void start();
    void stop();

private:
    void learn(record::FaultEvent const& fault);
    void run(std::stop_token const& stop);
    void ask(std::vector<std::string> const& nodes, std::stop_token stop);

    record::Sink& next_;
    Fleet& fleet_;
    std::vector<std::string> nodes_;
    Clock& clock_;
    Instant origin_;

    std::mutex mutex_;  ///< of all below
    std::condition_variable_any changed_;
    record::Offset wall_start_{};  ///< the controller's wall clock at Offset 0
    FaultsInForce faults_;
    bool fault_over_{};
    std::map<std::string, record::NodeSeen> last_;

    std::jthread thread_;
};

}  // namespace interregnum
