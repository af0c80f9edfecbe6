// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/fitness/haproxy_judging.h"

namespace interregnum {
namespace {

void judge(ClusterFacts const& facts, ItemResult& result) {
    if (!facts.redis_expected) return;
    each_pool(facts, facts.cache_ports, result,
              [&](FitnessNode const& node, HaproxyPool const& pool) {
                  std::string const where =
                      fmt::format("{}: {} (port {})", node.name, pool.name, pool.port);
                  if (!pool.tcp_check || !pool.checks_role || pool.checked < pool.servers)
                      result.stop(where + ": its check does not ask for role:master",
                                  "sessions are written to replicas, which refuse them, or read "
                                  "from a former master",
                                  "option tcp-check, send \"info replication\", expect string "
                                  "role:master");
                  else if (!pool.role_at_once)
                      result.note(where +
                                      ": `tcp-check expect string role:master` waits for more "
                                      "where a replica answers (unless the connection was told "
                                      "to QUIT before)",
                                  "a former master is sent sessions, and refuses them, until "
                                  "`timeout check` has passed `fall` times",
                                  "tcp-check expect min-recv 32 string role:master");
                  if (!pool.cuts_sessions)
                      result.warn(where + ": no on-marked-down shutdown-sessions",
                                  "open connections stay with a former master: what they write is "
                                  "thrown away",
                                  "default-server ... on-marked-down shutdown-sessions");
                  if (pool.rise < 2)
                      result.warn(fmt::format("{}: rise is {}", where, pool.rise),
                                  "a master that was restarted is up again before Sentinel makes "
                                  "it a replica: two masters at once",
                                  "rise 2 or more");
              });
}

RegisterFitnessItem const registered{
    {.name = "haproxy.cache", .summary = "Redis' master is found by its role", .judge = judge}};

}  // namespace
}  // namespace interregnum
