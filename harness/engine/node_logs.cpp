// SPDX-License-Identifier: MIT
#include "harness/engine/node_logs.h"

#include <array>
#include <filesystem>
#include <fstream>

namespace interregnum {

namespace {

struct LogSource {
    std::string_view file;
    std::string_view script;  ///< $1: seconds back
};

// One command a file, each cut to its newest part on the node, so that a talkative service
// cannot fill the session. PostgreSQL logs to stderr under Patroni's unit unless it has its own
// collector; both places are read.
constexpr std::array<LogSource, 6> sources{{
    {"patroni.log",
     "journalctl --no-pager -o short-iso-precise -u patroni --since \"-$1s\" | tail -c 4000000"},
    {"etcd.log",
     "journalctl --no-pager -o short-iso-precise -u etcd --since \"-$1s\" | tail -c 4000000"},
    {"redis.log",
     "journalctl --no-pager -o short-iso-precise -u redis-server --since \"-$1s\" | tail -c "
     "1000000; tail -q -c 1000000 /var/log/redis/redis-server.log 2>/dev/null"},
    {"sentinel.log",
     "journalctl --no-pager -o short-iso-precise -u redis-sentinel --since \"-$1s\" | tail -c "
     "1000000; tail -q -c 1000000 /var/log/redis/redis-sentinel.log 2>/dev/null"},
    {"haproxy.log",
     "journalctl --no-pager -o short-iso-precise -u haproxy --since \"-$1s\" | tail -c 4000000"},
    {"postgresql.log",
     "find /var/log/postgresql /var/lib/postgresql -maxdepth 4 -name '*.log' -size +0 -mmin -180 "
     "2>/dev/null | head -5 | while IFS= read -r f; do tail -c 800000 \"$f\"; done"},
}};

}  // namespace

std::vector<std::string> collect_node_logs(Fleet& fleet, std::vector<std::string> const& nodes,
                                           Duration span, std::string const& folder,
                                           std::stop_token stop) {
    std::vector<std::string> problems;
    auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(span).count() + 5;
    for (LogSource const& source : sources) {
        std::vector<Fleet::Task> commands;
        for (std::string const& node : nodes)
            commands.push_back(
                {node, RemoteCommand{.argv = {"sh", "-c", std::string(source.script), "interregnum",
                                              std::to_string(seconds)},
                                     .timeout = std::chrono::seconds(20),
                                     .output_limit = 8U << 20U}});
        auto const results = fleet.run_all(commands, stop);
        for (std::size_t index = 0; index < nodes.size(); ++index) {
            if (!results[index]) {
                problems.push_back(results[index].error().message);
                continue;
            }
            if (results[index]->out.empty() || results[index]->out == "-- No entries --\n")
                continue;
            auto const path = std::filesystem::path(folder) / nodes[index];
            std::error_code error;
            std::filesystem::create_directories(path, error);
            std::ofstream(path / source.file, std::ios::binary) << results[index]->out;
        }
    }
    return problems;
}

}  // namespace interregnum
