// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "harness/base/clock.h"
#include "harness/cluster/inventory.h"
#include "harness/engine/faults_in_force.h"
#include "harness/record/spot_facts.h"
#include "harness/remote/fleet.h"

namespace interregnum {

/// Asks every node, over SSH, what AWS announces in its instance metadata: at the start, every
/// 5 s, after each fault and in the end. Of an inventory that does not ask for it, it does nothing.
///
/// A sink, so that it knows of faults: while one is being injected or undone nobody is asked, and
/// a target of one in force only as long as it answers. What it sees becomes facts of the record
/// (record/spot_facts.h), each notice once.
class SpotWatch final : public record::Sink {
public:
    SpotWatch(record::Sink& next, Fleet& fleet, std::vector<std::string> nodes,
              SpotSettings settings, Clock& clock, Instant origin);
    void write(record::Event event) override;

    /// Asks all nodes now and returns when all have answered, or after some 8 s.
    void look(std::stop_token stop);
    /// Begins to ask from time to time, until `stop` or the end of this object.
    void start();
    void stop();

    /// The interruptions announced so far.
    [[nodiscard]] std::vector<record::SpotNotice> interruptions() const;

    /// Why a node that does not answer any more no longer exists, as far as anybody here can know:
    /// AWS announced to terminate it, and the time for that has come. "" where nothing says so. A
    /// stopped or hibernated instance exists, and keeps its disks.
    [[nodiscard]] std::string why_gone(std::string const& node) const;

private:
    void run(std::stop_token const& stop);
    void ask(std::vector<std::string> const& nodes, std::stop_token stop);
    void take(std::string const& node, Result<RemoteResult> const& result);

    record::Sink& next_;
    Fleet& fleet_;
    std::vector<std::string> nodes_;
    SpotSettings settings_;
    Clock& clock_;
    Instant origin_;

    mutable std::mutex mutex_;  ///< of all below
    std::condition_variable_any changed_;
    FaultsInForce faults_;
    bool fault_over_{};
    std::set<std::string> silent_;  ///< nodes that did not answer when they were last asked
    std::set<std::string> blind_;   ///< nodes whose metadata could not be read, as was told
    std::map<std::string, std::vector<record::SpotNotice>> told_;  ///< by node

    std::jthread thread_;
};

/// Whether that time ("2026-11-23T03:12:07Z") has come by this machine's wall clock, which is no
/// other's: good enough beside a node that has fallen silent, and for nothing else.
[[nodiscard]] bool has_come(std::string const& time, Duration wall);

}  // namespace interregnum
