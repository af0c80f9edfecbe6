// SPDX-License-Identifier: MIT
#include "tests/cluster/support/everyday.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <vector>

#include <fmt/format.h>
#include <signal.h>
#include <stdlib.h>

#include "harness/lab/layout.h"
#include "probes/session/admin.h"

namespace interregnum::test {
namespace {

constexpr std::string_view loop_of_psql =
    "while :; do psql -Xqtc 'INSERT INTO everyday.beats DEFAULT VALUES' && date +%s.%N; sleep 1; "
    "done";
constexpr std::string_view loop_of_pgbench =
    "printf 'INSERT INTO everyday.beats DEFAULT VALUES;\\n' >/tmp/everyday.sql; while :; do "
    "/usr/lib/postgresql/15/bin/pgbench -n -c 1 -R 20 -P 1 --progress-timestamp -T 7200 "
    "-f /tmp/everyday.sql; sleep 1; done";

Status run_all(ProbeContext const& context, std::vector<std::string_view> const& statements) {
    Endpoint const& entry = context.write.front();
    auto session = AdminSession::open(context.postgres, entry.host, entry.port);
    if (!session) return std::unexpected(session.error());
    for (std::string_view const statement : statements)
        if (Status const done = session->run(std::string(statement)); !done) return done;
    return {};
}

std::unique_ptr<Background> in_image(std::string_view script, std::string const& output) {
    // `timeout` kills the whole group, also when it is told to end.
    return std::make_unique<Background>(
        std::vector<std::string>{"timeout", "-s", "KILL", "7200", "chroot",
                                 lab_path::root(*find_lab_node("db1")), "sh", "-c",
                                 std::string(script)},
        output);
}

double s(Duration span) { return std::chrono::duration<double>(span).count(); }

Duration duration(double seconds) {
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

Result<std::unique_ptr<EverydayTools>> EverydayTools::start(ProbeContext const& context,
                                                            Endpoint const& server) {
    if (Status const made = run_all(
            context, {"DROP SCHEMA IF EXISTS everyday CASCADE", "CREATE SCHEMA everyday",
                      "CREATE TABLE everyday.beats (at timestamptz DEFAULT clock_timestamp())"});
        !made)
        return std::unexpected(made.error());
    std::unique_ptr<EverydayTools> tools(new EverydayTools(context));
    for (auto const& [name, value] : std::vector<std::pair<char const*, std::string>>{
             {"PGHOST", server.host},
             {"PGPORT", std::to_string(server.port)},
             {"PGUSER", context.postgres.user},
             {"PGDATABASE", context.postgres.dbname},
             {"PGPASSWORD", context.postgres.password.reveal()}})
        ::setenv(name, value.c_str(), 1);
    tools->steady_ = SteadyClock().now();
    tools->epoch_s_ =
        std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    tools->psql_ = in_image(loop_of_psql, tools->folder_.path() + "/psql");
    tools->pgbench_ = in_image(loop_of_pgbench, tools->folder_.path() + "/pgbench");
    for (char const* name : {"PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGPASSWORD"})
        ::unsetenv(name);
    return tools;
}

void EverydayTools::stop() {
    for (auto const* one : {&psql_, &pgbench_}) {
        if (!*one) continue;
        (*one)->signal(SIGTERM);
        static_cast<void>((*one)->wait(std::chrono::seconds(5)));
    }
}

EverydayTools::~EverydayTools() {
    stop();
    static_cast<void>(run_all(context_, {"DROP SCHEMA IF EXISTS everyday CASCADE"}));
}

double EverydayTools::wall(Instant at) const { return epoch_s_ + s(at - steady_); }

Duration EverydayTools::by_psql(Switched const& down, Switched const& up) const {
    std::istringstream text(read_file(folder_.path() + "/psql"));
    double const from = wall(down.before);
    double const to = wall(up.after);
    double longest = 0;
    double last = epoch_s_;
    for (std::string line; std::getline(text, line);) {
        char* end = nullptr;
        double const at = std::strtod(line.c_str(), &end);
        if (end == line.c_str() || at < epoch_s_) continue;  // what psql said of an error
        if (at > from && last < to) longest = std::max(longest, at - last);
        last = at;
    }
    if (last < from) longest = -1;  // nothing since
    return duration(longest < 0 ? longest : std::max(0.0, longest - 1));
}

Duration EverydayTools::by_pgbench(Switched const& down, Switched const& up) const {
    std::istringstream text(read_file(folder_.path() + "/pgbench"));
    // What people look at: the whole seconds without a transaction.
    double const from = wall(down.before) - 1;
    double const to = wall(up.after) + 3;
    double good = 0;
    for (std::string line; std::getline(text, line);) {
        double at = 0;
        double tps = 0;
        if (std::sscanf(line.c_str(), "progress: %lf s, %lf tps", &at, &tps) != 2) continue;
        if (tps > 0 && at > from && at < to) good += 1;
    }
    return duration(std::max(0.0, (to - from) - good - 1));
}

}  // namespace interregnum::test
