// SPDX-License-Identifier: MIT
// What our customers cost beside pgbench: the same order from the same number of clients, in
// alternating runs on the lab that is up.
//
//   capacity_bench [SECONDS [RUNS [ENTRY]]]     5 s, 5 runs, the leader itself; ENTRY: app1:5000
//
// Ours is `orders` as a drill runs it (Traffic, a thread a client), unlimited and prepared, with
// the record being written to a file by the record's own writer; its process holds nothing else.
// Theirs is `pgbench -n -M prepared -f`, out of the lab's image, with a thread a processor (two).
// The two are the same because
// - the statement is the shop's own (shop::place_order), turned into pgbench's way of writing
//   parameters by replacing their names: one round trip, parsed and planned once a connection,
//   seven parameters sent as text of types that the server infers, and rows in four tables;
// - each client makes a token and draws a code of its own for each order, and keeps its connection;
// - both dial the same address and port with the same settings (no TLS, no GSS), from the same
//   network namespace, at the same priority, to a shop that is made anew before each run;
// - the rows that are there in the end are counted: of ours just as many as were acknowledged, of
//   pgbench's as many as it had transactions (but for a code that was drawn twice).
// Both are looked at from their second second on, when all are connected.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <vector>

#include <fmt/format.h>

#include "harness/lab/lab.h"
#include "probes/session/admin.h"
#include "tests/bench/capacity_clients.h"

namespace interregnum::bench {
namespace {

using namespace std::chrono_literals;

struct Promise {
    int clients;
    double least_ratio;
};
/// What a thread a client can give, on a machine of two processors.
constexpr std::array promises{Promise{1, 0.85}, Promise{8, 0.85}, Promise{64, 0.60}};

/// The ladder of rates, in orders a second.
constexpr std::array rates{100, 250, 500, 750, 1000, 1500, 2000, 2500, 3000, 4000};
constexpr Duration most_late = 1ms;

struct Plan {
    Duration span{5s};
    int runs{5};
    std::string entry;  ///< "": the leader itself
};

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

double median_of(std::vector<Throughput> const& runs, double Throughput::* what) {
    std::vector<double> values;
    for (Throughput const& run : runs) values.push_back(run.*what);
    return median(std::move(values));
}

double ms(Duration span) { return std::chrono::duration<double, std::milli>(span).count(); }

class Bench {
public:
    Bench(ProbeContext context, Plan plan) : context_(std::move(context)), plan_(std::move(plan)) {
        context_.clock = &clock_;
    }
    Bench(Bench const&) = delete;
    Bench& operator=(Bench const&) = delete;
    ~Bench() = default;

    /// Whether all promises were kept.
    Result<bool> run() {
        if (Status const found = find_leader(); !found) return std::unexpected(found.error());
        auto kept = measure();
        if (Status const dropped = store().drop(context_, {}); !dropped && kept)
            return std::unexpected(dropped.error());
        return kept;
    }

private:
    static StoreKind const& store() { return *Registry<StoreKind>::find("shop"); }

    Result<bool> measure() {
        fmt::print("through {}: {} runs of {:.0f} s each, alternating; medians (least to most)\n",
                   entry_.entry, plan_.runs, ms(plan_.span) / 1000);
        fmt::print("{:>7}  {:^24}  {:^24}  {:>5}  {:^15}  {:>8}  {:>8}\n", "clients", "orders, tps",
                   "pgbench, tps", "ratio", "CPU us/order", "record B", "RSS MiB");
        bool kept = true;
        for (Promise const& promise : promises) {
            auto const one = compare(promise);
            if (!one) return one;
            kept &= *one;
        }
        fmt::print("memory of a client: {:.0f} KiB\n",
                   static_cast<double>(resident_.back() - resident_.front()) / 1024 /
                       (promises.back().clients - promises.front().clients));
        if (Status const climbed = climb(); !climbed) return std::unexpected(climbed.error());
        return kept;
    }

    Status find_leader() {
        for (ProbeNode const& node : context_.nodes) {
            if (node.group != "db") continue;
            auto session = AdminSession::open(context_.postgres, node.address, node.postgres_port);
            if (!session) continue;
            auto const recovering = session->query("SELECT pg_is_in_recovery()");
            if (!recovering || recovering->flag(0, 0)) continue;
            leader_ = {.entry = fmt::format("{}:{}", node.name, node.postgres_port),
                       .host = node.address,
                       .port = node.postgres_port};
            node_ = node.name;
            entry_ = leader_;
            for (Endpoint const& listed : context_.write)
                if (listed.entry == plan_.entry) entry_ = listed;
            if (!plan_.entry.empty() && entry_.entry != plan_.entry)
                return fail(Error::Kind::invalid,
                            fmt::format("the lab has no endpoint {} for writes", plan_.entry));
            return {};
        }
        return fail(Error::Kind::not_found, "no database node takes writes");
    }

    /// A shop without orders.
    Status make_shop() {
        context_.write = {leader_};
        Options workload;
        workload.set("quota", std::int64_t{500});
        return store().prepare(context_, workload, {});
    }

    Status check_rows(std::string_view whose, std::int64_t least, std::int64_t most) {
        auto session = AdminSession::open(context_.postgres, leader_.host, leader_.port);
        if (!session) return std::unexpected(session.error());
        auto const rows = session->query(
            "SELECT (SELECT count(*) FROM interregnum.orders), (SELECT count(*) FROM "
            "interregnum.positions), (SELECT count(*) FROM interregnum.transactions), (SELECT "
            "count(*) FROM interregnum.payments)");
        if (!rows) return std::unexpected(rows.error());
        std::int64_t const orders = rows->number(0, 0);
        if (orders < least || orders > most || rows->number(0, 1) != 2 * orders ||
            rows->number(0, 2) != 2 * orders || rows->number(0, 3) != orders)
            return fail(Error::Kind::failed,
                        fmt::format("{}: expected {} to {} orders with two positions, two "
                                    "transactions and a payment each, found {}, {}, {} and {}",
                                    whose, least, most, orders, rows->number(0, 1),
                                    rows->number(0, 2), rows->number(0, 3)));
        return {};
    }

    Status run_ours(int clients, std::vector<Throughput>& all) {
        if (Status const made = make_shop(); !made) return made;
        auto const run = run_orders(scratch_, entry_, clients, plan_.span);
        if (!run) return fail_in("orders", run.error());
        if (run->not_ok > 0)
            return fail(Error::Kind::failed,
                        fmt::format("{} of {} orders did not succeed; the first: {}", run->not_ok,
                                    run->not_ok + run->transactions, run->why));
        all.push_back(*run);
        return check_rows("orders", run->transactions, run->transactions);
    }

    Status run_theirs(int clients, std::vector<Throughput>& all) {
        if (Status const made = make_shop(); !made) return made;
        auto const run = run_pgbench(scratch_, context_, entry_, node_, clients, plan_.span);
        if (!run) return fail_in("pgbench", run.error());
        all.push_back(*run);
        return check_rows("pgbench", run->transactions - run->transactions / 50, run->transactions);
    }

    Result<bool> compare(Promise const& promise) {
        std::vector<Throughput> ours;
        std::vector<Throughput> theirs;
        for (int i = 0; i < plan_.runs; ++i) {
            bool const first = i % 2 == 0;
            for (bool const mine : {first, !first}) {
                Status const done =
                    mine ? run_ours(promise.clients, ours) : run_theirs(promise.clients, theirs);
                if (!done) return std::unexpected(done.error());
            }
        }
        double const ratio =
            median_of(ours, &Throughput::per_s) / median_of(theirs, &Throughput::per_s);
        auto const rate = [](std::vector<Throughput> const& runs) {
            auto const [least, most] = std::ranges::minmax(runs, {}, &Throughput::per_s);
            return fmt::format("{:.0f} ({:.0f} to {:.0f})", median_of(runs, &Throughput::per_s),
                               least.per_s, most.per_s);
        };
        bool const kept = ratio >= promise.least_ratio;
        resident_.push_back(std::ranges::max(ours, {}, &Throughput::resident_bytes).resident_bytes);
        fmt::print(
            "{:>7}  {:^24}  {:^24}  {:>5.2f}  {:>6.0f} and {:>4.0f}  {:>8.0f}  {:>8.1f}  {} "
            "{:.2f}\n",
            promise.clients, rate(ours), rate(theirs), ratio, median_of(ours, &Throughput::cpu_us),
            median_of(theirs, &Throughput::cpu_us), median_of(ours, &Throughput::record_bytes),
            static_cast<double>(resident_.back()) / (1U << 20U),
            kept ? "at least" : "NOT the promised", promise.least_ratio);
        std::fflush(stdout);
        return kept;
    }

    /// The rates on a grid, up to the first at which it is not kept. What else this machine does
    /// makes threads late too, so that a rate is given up only when it fails three times.
    Status climb() {
        fmt::print(
            "grid, orders/s   late: median        p99      worst   unserved   good/s   not ok\n");
        int best = 0;
        for (int const rate : rates) {
            bool kept = false;
            for (int trial = 0; trial < 3 && !kept; ++trial) {
                auto const tried = keeps_grid(rate);
                if (!tried) return std::unexpected(tried.error());
                kept = *tried;
            }
            if (!kept) break;
            best = rate;
        }
        fmt::print("the grid is kept up to {} orders/s (late by less than 1 ms at p99)\n", best);
        return {};
    }

    Result<bool> keeps_grid(int rate) {
        if (Status const made = make_shop(); !made) return std::unexpected(made.error());
        auto const found = run_grid(scratch_, entry_, rate, plan_.span);
        if (!found) return fail_in("orders on a grid", found.error());
        fmt::print("{:>14}  {:>9.3f} ms  {:>6.3f} ms  {:>6.2f} ms  {:>9}  {:>7.0f}  {:>7} {}\n",
                   rate, ms(found->median), ms(found->p99), ms(found->worst), found->unserved,
                   found->per_s, found->not_ok, found->why);
        std::fflush(stdout);
        return found->p99 < most_late;
    }

    SteadyClock clock_;
    ProbeContext context_;
    Plan plan_;
    Scratch scratch_;
    Endpoint leader_;
    Endpoint entry_;
    std::string node_;
    std::vector<std::int64_t> resident_;
};

/// 0 when it is none.
int number_in(std::string const& text) {
    int number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? number : 0;
}

int run(Plan const& plan) {
    if (!running_lab()) {
        fmt::print("skipped: no lab is up on this machine (`interregnum lab up`)\n");
        return 77;
    }
    if (Status const entered = enter_lab_network(); !entered) {
        fmt::print("{}\n", entered.error().message);
        return 1;
    }
    auto context = context_of_lab();
    if (!context) {
        fmt::print("{}\n", context.error().message);
        return 1;
    }
    auto const kept = Bench(*std::move(context), plan).run();
    if (!kept) fmt::print("{}\n", kept.error().message);
    return kept && *kept ? 0 : 1;
}

int start(std::vector<std::string> const& arguments) {
    if (!arguments.empty() && arguments[0] == customers_word) return be_the_customers(arguments);
    Plan plan;
    if (!arguments.empty()) plan.span = std::chrono::seconds(number_in(arguments[0]));
    if (arguments.size() > 1) plan.runs = number_in(arguments[1]);
    if (arguments.size() > 2) plan.entry = arguments[2];
    if (arguments.size() > 3 || plan.span <= Duration::zero() || plan.runs < 1) {
        fmt::print("usage: capacity_bench [SECONDS [RUNS [ENTRY]]]\n");
        return 64;
    }
    return run(plan);
}

}  // namespace
}  // namespace interregnum::bench

int main(int argc, char** argv) {
    return interregnum::bench::start(std::vector<std::string>(argv + 1, argv + argc));
}
