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

}  // namespace

Status wait_until_healthy(LabSettings const& settings, std::string const& redis_password,
                          LabProgress const& progress, std::stop_token stop) {
    SteadyClock clock;
    Instant const started = clock.now();
    Instant next_line = started + progress_period;
    bool const synchronous = settings.values.flag("patroni.synchronous_mode");
    while (true) {
        LabHealth const health = ask_health(synchronous, redis_password);
        std::string missing = health.first_missing();
        if (missing.empty()) {
            Status const wrote = write_through_entries(redis_password, stop);
            if (wrote) return {};
            missing = wrote.error().message;
        }
        if (clock.now() - started > healthy_limit)
            return fail(Error::Kind::timeout, fmt::format("the lab is not healthy after {}: {}",
                                                          format_seconds(healthy_limit), missing));
        if (clock.now() >= next_line) {
            progress(
                fmt::format("waiting, {}: {}", format_seconds(clock.now() - started), missing));
            next_line += progress_period;
        }
        if (!clock.sleep_for(ask_period, stop))
            return fail(Error::Kind::stopped, "stopped while waiting for the lab to be healthy");
    }
}

}  // namespace interregnum
