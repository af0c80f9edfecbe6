// SPDX-License-Identifier: MIT
#include "tests/cluster/support/ground_truth.h"

#include <algorithm>
#include <random>
#include <thread>

#include <fmt/format.h>

#include "harness/engine/traffic.h"
#include "probes/session/admin.h"
#include "reports/measures/downtime.h"
#include "tests/cluster/support/everyday.h"
#include "tests/cluster/support/lab_context.h"
#include "tests/cluster/support/probes_on_lab.h"

namespace interregnum::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

double s(Duration span) { return std::chrono::duration<double>(span).count(); }

/// A shop on the lab, made and dropped.
class Shop {
public:
    explicit Shop(ProbeContext const& context)
        : context_(context), kind_(*Registry<StoreKind>::find("shop")) {}
    Shop(Shop const&) = delete;
    Shop& operator=(Shop const&) = delete;
    ~Shop() { static_cast<void>(kind_.drop(context_, {})); }
    Status open() {
        Options workload;
        workload.set("quota", std::int64_t{500});
        return kind_.prepare(context_, workload, {});
    }

private:
    ProbeContext const& context_;
    StoreKind const& kind_;
};

/// Notes when this process was not let run, while it lives.
class StallWatch {
public:
    struct Stall {
        Instant from;
        Duration lasted;
    };
    /// All so far that were longer than a wake-up may take; ends the watch.
    [[nodiscard]] std::vector<Stall> end() {
        thread_.request_stop();
        thread_.join();
        return std::move(stalls_);
    }

private:
    static constexpr Duration period = milliseconds(2);
    static constexpr Duration late = milliseconds(5);
    std::vector<Stall> stalls_;
    std::jthread thread_{[this](std::stop_token const& stop) {
        SteadyClock clock;
        for (Instant last = clock.now(); clock.sleep_for(period, stop);) {
            Instant const now = clock.now();
            if (now - last > period + late) stalls_.push_back({last, now - last});
            last = now;
        }
    }};
};

struct Broken {
    Switched down;
    Switched up;
};

/// Ends what earlier outages left behind the load balancer. Who gave a connection up while the
/// network was silent could tell nobody: the far end learns it with TCP's next try, which comes as
/// long after the outage as that has lasted. Meanwhile its session stays, and a few long outages
/// one after the other fill the load balancer's `maxconn` with such dead ones: then nobody can log
/// in though the network is whole (seen: 268 s down from outages of 30 s). True, but no outage of
/// known length. The tools beside keep their one connection.
Status end_dead_sessions(ProbeContext const& context) {
    auto const& server = context.write.front();
    auto session = AdminSession::open(context.postgres, server.host, server.port);
    if (!session) return std::unexpected(session.error());
    return session->run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user "
        "AND pid <> pg_backend_pid() AND state LIKE 'idle%' AND application_name NOT IN "
        "('pgbench', 'psql') AND state_change < clock_timestamp() - interval '3 s'");
}

Result<std::vector<Broken>> break_it(KnownOutage& way, GroundTruthPlan const& plan,
                                     ProbeContext const& context) {
    SteadyClock clock;
    std::mt19937_64 draw(plan.seed);
    std::vector<Broken> all;
    if (!clock.sleep_for(seconds(2), {})) return fail(Error::Kind::stopped, "stopped");
    for (int i = 0; i < plan.repeats; ++i) {
        // Anywhere on the customers' grid.
        clock.sleep_for(milliseconds(1500) + std::chrono::microseconds(draw() % 500'000), {});
        auto const down = way.down();
        if (!down) return std::unexpected(down.error());
        clock.sleep_until(down->after + plan.length, {});
        auto const up = way.up();
        if (!up) return std::unexpected(up.error());
        all.push_back({.down = *down, .up = *up});
        clock.sleep_for(milliseconds(2200), {});
        if (Status const ended = end_dead_sessions(context); !ended)
            return std::unexpected(ended.error());
    }
    return all;
}

/// The outages of one stream that touch a span.
std::vector<Outage> near(Trace const& trace, record::Offset from, record::Offset to) {
    std::vector<Outage> found = find_outages(trace.samples);
    std::erase_if(found, [&](Outage const& one) {
        return one.last_missing < from || one.first_missing > to;
    });
    return found;
}

/// Where an outage lies about the end of the true one, and what its first attempt was told.
std::string tell(Outage const& outage, record::Offset ended, Trace const& trace,
                 record::Record const& record) {
    for (record::Attempt const& attempt : record.attempts)
        if (attempt.stream == trace.stream.id && attempt.started == outage.first_missing)
            return fmt::format("[{:+.4f} to {:+.4f} s about its end: {} {}, ended {:+.4f}] ",
                               s(outage.first_missing - ended), s(outage.last_missing - ended),
                               attempt.error, attempt.detail, s(attempt.finished - ended));
    return {};
}

Measured judge(Broken const& one, Instant origin, Trace const& fresh, Trace const& kept,
               record::Record const& record) {
    Measured result{.switched = one.up.before - one.down.after,
                    .unsure = (one.up.after - one.up.before) + (one.down.after - one.down.before)};
    record::Offset const began = one.down.before - origin;
    record::Offset const ended = one.up.after - origin;
    for (Sample const& sample : fresh.samples) {
        if (!sample.good) continue;
        Duration const took = sample.finished - sample.started;
        if (sample.started > began - seconds(1) && sample.started < began)
            result.under_way = std::max(result.under_way, took);
        if (sample.started > began - seconds(1) && sample.started < ended + seconds(2))
            result.longest_wait = std::max(result.longest_wait, took);
    }
    auto seen = near(fresh, began - seconds(1), ended + seconds(2));
    // An attempt that is slower than the one after it may be hit while that one got through: both
    // began before the outage did.
    std::erase_if(seen,
                  [&](Outage const& hit) { return hit.first_good && *hit.first_good < began; });
    result.outages = static_cast<int>(seen.size());
    for (Outage const& outage : seen) {
        result.told += tell(outage, ended, fresh, record);
        if (outage.at_most() < result.at_most) continue;
        result.at_least = outage.at_least();
        result.at_most = outage.at_most();
    }
    for (Outage const& outage : near(kept, began - seconds(1), ended + seconds(2)))
        result.kept = std::max(result.kept, outage.best());
    return result;
}

}  // namespace

bool Measured::holds_switches() const {
    return at_least <= switched + unsure && at_most >= switched;
}

bool Measured::holds_truth() const {
    return at_least <= switched + unsure + under_way && at_most >= switched;
}

Result<std::vector<Measured>> measure_known(GroundTruthPlan const& plan) {
    auto found = lab_context();
    if (auto const* why = std::get_if<std::string>(&found))
        return fail(Error::Kind::not_found, *why);
    ProbeContext context = std::get<ProbeContext>(std::move(found));
    SteadyClock clock;
    Sightings sink;
    context.run_id = "ground-truth";
    context.clock = &clock;
    context.sink = &sink;
    context.origin = clock.now();
    Shop shop(context);
    if (Status const open = shop.open(); !open) return std::unexpected(open.error());
    auto way = known_outage(plan.kind, context.write.front());
    if (!way) return std::unexpected(way.error());
    ProbeContext through = context;
    through.write = {(*way)->way_in()};

    ProbeKind const* const orders = Registry<ProbeKind>::find("orders");
    Options options = fallback_options(orders->options);
    options.set("connections", std::string("both"));
    options.set("rate", Rate{25});
    options.set("fresh_rate", Rate{100});
    auto traffic = Traffic::plan({{.probe = orders, .options = options}}, through);
    if (!traffic) return std::unexpected(traffic.error());
    std::unique_ptr<EverydayTools> everyday;
    if (plan.beside) {
        auto started = EverydayTools::start(context, (*way)->way_in());
        if (!started) return std::unexpected(started.error());
        everyday = *std::move(started);
    }
    StallWatch watch;
    (*traffic)->start_customers();
    auto const broken = break_it(**way, plan, context);
    (*traffic)->stop_customers();
    auto const stalls = watch.end();
    if (everyday) everyday->stop();
    if (!broken) return std::unexpected(broken.error());

    record::Record record;
    record.streams = sink.all<record::StreamDeclared>();
    record.attempts = sink.all<record::Attempt>();
    std::ranges::sort(record.attempts, {}, &record::Attempt::started);
    std::vector<Trace> const traces = traces_of(record);
    auto const of = [&traces](record::Connection connection) {
        return std::ranges::find_if(
            traces, [&](Trace const& trace) { return trace.stream.connection == connection; });
    };
    auto const fresh = of(record::Connection::fresh);
    auto const kept = of(record::Connection::kept);
    if (fresh == traces.end() || kept == traces.end())
        return fail(Error::Kind::failed, "orders did not come on both kinds of connections");
    std::vector<Measured> all;
    for (Broken const& one : *broken) {
        all.push_back(judge(one, context.origin, *fresh, *kept, record));
        for (StallWatch::Stall const& stall : stalls)
            if (stall.from + stall.lasted > one.down.before - seconds(1) &&
                stall.from < one.up.after + seconds(2))
                all.back().stalled = std::max(all.back().stalled, stall.lasted);
        if (!everyday) continue;
        all.back().psql = everyday->by_psql(one.down, one.up);
        all.back().pgbench = everyday->by_pgbench(one.down, one.up);
    }
    return all;
}

Duration worst_stall(std::vector<Measured> const& all) {
    Duration worst{};
    for (Measured const& one : all) worst = std::max(worst, one.stalled);
    return worst;
}

Result<std::vector<Measured>> measure_undisturbed(GroundTruthPlan const& plan) {
    auto all = measure_known(plan);
    if (!all || worst_stall(*all) < disturbing) return all;
    fmt::print("measured again: the machine did not let us run for {:.1f} ms\n",
               1000 * s(worst_stall(*all)));
    return measure_known(plan);
}

namespace {

Duration middle(std::vector<Duration> values) {
    std::ranges::sort(values);
    return values.empty() ? Duration() : values[values.size() / 2];
}

}  // namespace

std::string plan_name(testing::TestParamInfo<GroundTruthPlan> const& plan) {
    std::string name(name_of(plan.param.kind));
    std::erase(name, ' ');
    auto const length = std::chrono::duration_cast<milliseconds>(plan.param.length);
    return fmt::format("{}{}ms", name, length.count());
}

std::string table_head() {
    return fmt::format("{:12} {:>7} {:>8} {:>9} {:>9} {:>10} {:>15} {:>13} {:>10} {:>10}", "outage",
                       "length", "repeats", "truth in", "switches", "widest", "kept longer by",
                       "slowest good", "psql off", "pgbench");
}

std::string table_line(GroundTruthPlan const& plan, std::vector<Measured> const& all) {
    std::vector<Duration> longer;
    std::vector<Duration> psql;
    std::vector<Duration> pgbench;
    Duration widest{};
    Duration slowest{};
    for (Measured const& one : all) {
        longer.push_back(one.kept - one.switched);
        psql.push_back(std::chrono::abs(one.psql - one.switched));
        pgbench.push_back(std::chrono::abs(one.pgbench - one.switched));
        widest = std::max(widest, one.width());
        slowest = std::max(slowest, one.longest_wait);
    }
    std::string line = fmt::format(
        "{:12} {:5.1f} s {:8} {:9} {:9} {:7.1f} ms {:13.2f} s {:11.2f} s", name_of(plan.kind),
        s(plan.length), all.size(), std::ranges::count_if(all, &Measured::holds_truth),
        std::ranges::count_if(all, &Measured::holds_switches), 1000 * s(widest), s(middle(longer)),
        s(slowest));
    // How wrong they were, the median.
    if (plan.beside)
        line += fmt::format(" {:8.2f} s {:8.2f} s", s(middle(psql)), s(middle(pgbench)));
    return line;
}

}  // namespace interregnum::test
