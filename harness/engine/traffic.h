// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "harness/base/result.h"
#include "harness/probe.h"
#include "harness/scenario/scenario.h"

namespace interregnum {

/// The customers and observers of a run: one thread a client.
///
/// Open loop without a dispatcher: client i of a stream serves the due times k with
/// k mod clients == i, on one fixed grid, and a stream has so many clients that a client is free
/// again before its next due time even when every attempt runs into its deadline. So a stall
/// shows as many missing attempts, each started when it was due. A due time whose client is
/// nevertheless busy until a whole deadline later is recorded as failed with "unserved".
class Traffic {
public:
    /// Plans the streams; nothing runs yet. Fails when an endpoint that a probe needs is missing.
    [[nodiscard]] static Result<std::unique_ptr<Traffic>> plan(
        std::vector<WorkloadItem> const& workload, ProbeContext const& context);
    ~Traffic();

    /// Starts observers (once).
    void start_observers();
    /// Declares the streams in the record and starts the customers.
    void start_customers();
    /// Stops customers and waits until their last attempts have ended (at most a deadline).
    void stop_customers();
    void stop_observers();

private:
    struct Stream {
        WorkloadItem item;
        StreamPlan plan;
        record::StreamDeclared declared;
    };
    explicit Traffic(ProbeContext const& context) : context_(context) {}
    void serve(Stream const& stream, int index, Instant grid, std::stop_token const& stop) const;

    ProbeContext const& context_;
    std::vector<Stream> streams_;
    std::vector<std::unique_ptr<Observer>> observers_;
    std::vector<std::jthread> customer_threads_;
    std::vector<std::jthread> observer_threads_;
};

}  // namespace interregnum
