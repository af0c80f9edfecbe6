// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/fitness/haproxy_judging.h"

namespace interregnum {
namespace {

void judge(ClusterFacts const& facts, ItemResult& result) {
    each_pool(facts, facts.read_ports, result,
              [&](FitnessNode const& node, HaproxyPool const& pool) {
                  std::string const where =
                      fmt::format("{}: {} (port {})", node.name, pool.name, pool.port);
                  if (pool.checked < pool.servers || pool.check_path.empty()) {
                      result.stop(where + ": not every server has an HTTP check",
                                  "reads are sent to servers that are down",
                                  "option httpchk GET /replica?lag=10MB");
                      return;
                  }
                  bool const of_replicas = pool.check_path.starts_with("/replica") ||
                                           pool.check_path.starts_with("/read-only") ||
                                           pool.check_path.starts_with("/async");
                  if (of_replicas && !pool.check_path.contains("lag="))
                      result.warn(
                          fmt::format("{}: its check is {}, without ?lag=", where, pool.check_path),
                          "a replica that is minutes behind still answers: customers see "
                          "tickets that are sold",
                          "option httpchk GET /replica?lag=10MB");
              });
}

RegisterFitnessItem const registered{{.name = "haproxy.read",
                                      .summary = "reads go to replicas that are not far behind",
                                      .judge = judge}};

}  // namespace
}  // namespace interregnum
