// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/option.h"
#include "harness/base/result.h"
#include "harness/probe.h"

namespace interregnum {

/// What a customer kind wants to do, before it is spread over entry points.
struct StreamsWanted {
    std::string_view list;  ///< the inventory's list that the entries come from: "write"
    record::Service service{record::Service::write};
    std::vector<Endpoint> entries;
    /// Attempts a second in each connection mode, all entry points together.
    double rate_per_s{};
    std::vector<record::Connection> modes;
    Duration deadline{};
    /// All clients drop and redial this often; 0: never.
    Duration storm{};
};

/// At most so many connections of one probe are kept at a time: PostgreSQL's default of 100 has
/// to do for the orders, the reads, new connections, Patroni and the owner. When it binds, a
/// stall leaves due times unserved, which the record says.
inline constexpr int kept_connections_limit = 60;

/// Spreads a rate evenly: each entry point gets its share in each mode, and the due times of all
/// these streams are set apart, so that together they leave no gap longer than
/// 1 / (rate * modes).
/// As many clients as can be busy at once, and two: ceil(deadline / period) + 2.
/// Fails when there is no entry point, an address is unknown, or the rate and deadline would take
/// more than 1,000 clients.
[[nodiscard]] Result<std::vector<StreamPlan>> plan_streams(StreamsWanted const& wanted);

/// Closed loops: `clients` of them on kept connections, shared out over the entry points, each as
/// fast as it can. Fails as `plan_streams` does, and when there are fewer clients than entry points
/// or more than 1,000.
[[nodiscard]] Result<std::vector<StreamPlan>> plan_closed_loops(StreamsWanted const& wanted,
                                                                std::int64_t clients);

/// The entry points that a customer of PostgreSQL dials, by its option "through":
/// "listed": those of the inventory's list, through its SSH forward where it has one; "plain":
/// the same without the forward; "multi": all database nodes as one, the first that is of the kind
/// `session_attrs` ("read-write", "standby"); "direct": each database node; "all": all of these.
[[nodiscard]] std::vector<Endpoint> entries_through(std::string_view through,
                                                    std::vector<Endpoint> EntryPoints::* list,
                                                    ProbeContext const& context,
                                                    std::string_view session_attrs);

/// The modes in the value of the option "connections".
[[nodiscard]] std::vector<record::Connection> modes_of(std::string_view connections);

/// The options that all customers have.
[[nodiscard]] OptionSpec rate_option(std::string_view fallback);
[[nodiscard]] OptionSpec connections_option(std::string_view fallback);
[[nodiscard]] OptionSpec deadline_option();
[[nodiscard]] OptionSpec through_option();
[[nodiscard]] OptionSpec storm_option();
/// "unlimited" and "clients", of customers who can be closed loops.
[[nodiscard]] OptionSpec unlimited_option();
[[nodiscard]] OptionSpec clients_option();
/// "wait", of customers who write to Redis.
[[nodiscard]] OptionSpec wait_option();
/// The value of `storm_option`, 0 when absent.
[[nodiscard]] Duration storm_of(Options const& options);

}  // namespace interregnum
