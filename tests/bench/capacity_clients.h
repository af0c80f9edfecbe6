// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/probe.h"

/// The two ways of buying that `capacity_bench` sets side by side: each a process of its own, so
/// that the kernel counts the processor time of each.
namespace interregnum::bench {

/// How long one run is looked at. Both begin with a second that is not: connections are made then,
/// and the statement is prepared.
inline constexpr Duration warm_up = std::chrono::seconds(1);

struct Throughput {
    double per_s{};                 ///< transactions a second after the warm-up
    double cpu_us{};                ///< processor time of the process a transaction, microseconds
    std::int64_t transactions{};    ///< all of the run
    std::int64_t not_ok{};          ///< attempts of ours that were anything else
    std::string why{};              ///< what became of the first of these
    double record_bytes{};          ///< ours: bytes of record an attempt
    std::int64_t resident_bytes{};  ///< ours: of the process, in the end
};

/// How late attempts started on their grid.
struct Lateness {
    Duration median{};
    Duration p99{};
    Duration worst{};
    std::int64_t unserved{};
    std::int64_t not_ok{};  ///< unserved ones among them
    std::string why{};      ///< what became of the first of these
    double per_s{};         ///< good ones
};

/// A folder for records and outputs, removed at the end.
class Scratch {
public:
    Scratch();
    Scratch(Scratch const&) = delete;
    Scratch& operator=(Scratch const&) = delete;
    ~Scratch();
    [[nodiscard]] std::string file(std::string_view name) const;

private:
    std::string path_;
};

/// `orders`, unlimited and prepared, through one endpoint.
[[nodiscard]] Result<Throughput> run_orders(Scratch const& scratch, Endpoint const& entry,
                                            int clients, Duration span);
/// `orders` on their grid: prepared, kept connections.
[[nodiscard]] Result<Lateness> run_grid(Scratch const& scratch, Endpoint const& entry, int rate,
                                        Duration span);
/// `pgbench` out of the node's root, in our network namespace, outside the node's cgroup.
[[nodiscard]] Result<Throughput> run_pgbench(Scratch const& scratch, ProbeContext const& context,
                                             Endpoint const& entry, std::string_view node,
                                             int clients, Duration span);

/// The lab that is up, for probes. The calling thread has to be in its network.
[[nodiscard]] Result<ProbeContext> context_of_lab();

/// What the process of `run_orders` and `run_grid` does, by its arguments. An exit status.
[[nodiscard]] int be_the_customers(std::vector<std::string> const& arguments);
/// The first of these arguments.
inline constexpr std::string_view customers_word = "customers";

}  // namespace interregnum::bench
