// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <deque>
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
///
/// A stream may be a closed loop instead (`StreamPlan::closed_loop`), for capacity; the record says
/// so. Connection storms (`StreamPlan::storm`) come at the same instants for all streams.
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
        std::atomic<std::int64_t> next_number{};  ///< closed loops: attempts are numbered as made
    };
    struct Client {
        Stream& stream;
        int index{};
        Instant grid;
        std::unique_ptr<Customer> customer;
        Instant next_storm;
    };
    explicit Traffic(ProbeContext const& context) : context_(context) {}
    bool wait_for(Client& client, Instant due, std::stop_token const& stop) const;
    /// Whether it was good.
    [[nodiscard]] bool attempt(Client& client, record::Attempt attempt, Instant deadline) const;
    void serve_grid(Client& client, std::stop_token const& stop) const;
    void serve_closed(Client& client, std::stop_token const& stop) const;

    ProbeContext const& context_;
    std::deque<Stream> streams_;  ///< they do not move: threads hold references
    std::vector<std::unique_ptr<Observer>> observers_;
    std::vector<std::jthread> customer_threads_;
    std::vector<std::jthread> worker_threads_;  ///< of those who do what customers ask for
    std::vector<std::jthread> observer_threads_;
};

}  // namespace interregnum
