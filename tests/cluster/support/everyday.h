// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "harness/probe.h"
#include "tests/cluster/support/drill.h"
#include "tests/cluster/support/known_outage.h"

namespace interregnum::test {

/// What failovers are timed with today, running beside ours through the same way in: a loop that
/// calls `psql` with an INSERT and sleeps a second, and `pgbench --progress=1` at 20 transactions a
/// second, started again when it gives up. Both are of the lab's image; nothing is installed here.
class EverydayTools {
public:
    /// The calling thread is in the lab's network.
    [[nodiscard]] static Result<std::unique_ptr<EverydayTools>> start(ProbeContext const& context,
                                                                      Endpoint const& server);
    EverydayTools(EverydayTools const&) = delete;
    EverydayTools& operator=(EverydayTools const&) = delete;
    ~EverydayTools();
    void stop();

    /// After `stop`. The longest time from one good INSERT to the next about an outage, less the
    /// second that the loop sleeps.
    [[nodiscard]] Duration by_psql(Switched const& down, Switched const& up) const;
    /// After `stop`. The seconds about an outage of which pgbench reported no transaction.
    [[nodiscard]] Duration by_pgbench(Switched const& down, Switched const& up) const;

private:
    explicit EverydayTools(ProbeContext const& context) : context_(context) {}
    /// Seconds since the epoch of an instant, as `date` on this machine says it.
    [[nodiscard]] double wall(Instant at) const;

    ProbeContext const& context_;
    RunsFolder folder_;
    std::unique_ptr<Background> psql_;
    std::unique_ptr<Background> pgbench_;
    Instant steady_;
    double epoch_s_{};
};

}  // namespace interregnum::test
