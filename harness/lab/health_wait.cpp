// SPDX-License-Identifier: MIT
#include <thread>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/lab/health.h"
#include "harness/lab/health_parse.h"
#include "harness/lab/layout.h"
#include "harness/lab/wire.h"

namespace interregnum {
namespace {

constexpr auto healthy_limit = std::chrono::seconds(120);
constexpr auto ask_period = std::chrono::milliseconds(200);
constexpr auto progress_period = std::chrono::seconds(2);

constexpr auto wake_period = std::chrono::seconds(1);

/// A real write that leaves nothing behind: a message in the WAL, committed.
constexpr auto postgres_write = "SELECT pg_logical_emit_message(true, 'interregnum', 'lab up')";

Status write_postgres(LabNode const& app, std::stop_token const& stop) {
    std::string const to =
        fmt::format("host={} port=5000 user=drill dbname=drill connect_timeout=3", app.address);
    auto const wrote =
        lab_exec(lab_nodes().front().name,
                 {.argv = {"psql", "-X", "-q", "-A", "-t", "-d", to, "-c", postgres_write},
                  .timeout = std::chrono::seconds(10)},
                 stop);
    if (!wrote) return std::unexpected(wrote.error());
    if (wrote->exit_status != 0)
        return fail(Error::Kind::failed,
                    fmt::format("no write through {}:5000: {}", app.name, wrote->err));
    return {};
}

Status write_redis(LabNode const& app, std::string const& password) {
    Result<std::string> answer;
    std::jthread([&] {
        if (Status entered = enter_lab_network(); !entered) {
            answer = std::unexpected(entered.error());
            return;
        }
        answer = ask({.address = std::string(app.address),
                      .port = 6379,
                      .text = fmt::format("AUTH {}\r\nSET interregnum:lab-up 1 EX 1\r\nQUIT\r\n",
                                          password)});
    }).join();
    if (!answer) return std::unexpected(answer.error());
    if (*answer != "+OK\r\n+OK\r\n+OK\r\n")
        return fail(Error::Kind::failed,
                    fmt::format("no write through {}:6379: {}", app.name, *answer));
    return {};
}

Status write_through_entries(std::string const& password, std::stop_token const& stop) {
    for (LabNode const& node : lab_nodes()) {
        if (node.is_db) continue;
        if (Status wrote = write_postgres(node, stop); !wrote) return wrote;
        if (Status wrote = write_redis(node, password); !wrote) return wrote;
    }
    return {};
}

/// Asks `missing` again and again until it returns "".
Status wait_until(std::function<std::string()> const& missing, LabProgress const& progress,
                  std::stop_token const& stop) {
    SteadyClock clock;
    Instant const started = clock.now();
    Instant next_line = started + progress_period;
    while (true) {
        std::string const text = missing();
        if (text.empty()) return {};
        auto const waited = clock.now() - started;
        if (waited > healthy_limit)
            return fail(Error::Kind::timeout, fmt::format("the lab is not healthy after {}: {}",
                                                          format_seconds(waited), text));
        if (clock.now() >= next_line) {
            progress(fmt::format("waiting, {}: {}", format_seconds(waited), text));
            next_line += progress_period;
        }
        if (!clock.sleep_for(ask_period, stop))
            return fail(Error::Kind::stopped, "stopped while waiting for the lab to be healthy");
    }
}

}  // namespace

Status wait_for_leader(LabProgress const& progress, std::stop_token stop) {
    return wait_until([] { return ask_leader() ? "" : "PostgreSQL has no leader"; }, progress,
                      stop);
}

Status wait_until_healthy(LabSettings const& settings, std::string const& redis_password,
                          LabProgress const& progress, std::stop_token stop) {
    bool const synchronous = settings.values.flag("patroni.synchronous_mode");
    SteadyClock const clock;
    Instant next_wake = clock.now();
    auto const missing = [&]() -> std::string {
        LabHealth const health = ask_health(synchronous, redis_password);
        if (!health.postgres.empty() && clock.now() >= next_wake) {
            wake_patroni();
            next_wake = clock.now() + wake_period;
        }
        if (auto text = health.first_missing(); !text.empty()) return text;
        Status const wrote = write_through_entries(redis_password, stop);
        return wrote ? "" : wrote.error().message;
    };
    return wait_until(missing, progress, stop);
}

}  // namespace interregnum
