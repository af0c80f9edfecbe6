// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/lab/node_config/node_config.h"

namespace interregnum {

std::string etcd_env(NodeConfigInput const& input) {
    Options const& v = input.settings.values;
    auto const ms = [&v](std::string_view name) {
        return std::chrono::ceil<std::chrono::milliseconds>(v.duration(name)).count();
    };
    std::string cluster;
    for (LabNode const& node : db_nodes())
        cluster +=
            fmt::format("{}{}=http://{}:2380", cluster.empty() ? "" : ",", node.name, node.address);
    return fmt::format(R"(ETCD_NAME={name}
ETCD_DATA_DIR=/var/lib/etcd/default
ETCD_LISTEN_PEER_URLS=http://{address}:2380
ETCD_LISTEN_CLIENT_URLS=http://0.0.0.0:2379
ETCD_INITIAL_ADVERTISE_PEER_URLS=http://{address}:2380
ETCD_ADVERTISE_CLIENT_URLS=http://{address}:2379
ETCD_INITIAL_CLUSTER={cluster}
ETCD_INITIAL_CLUSTER_STATE=new
ETCD_INITIAL_CLUSTER_TOKEN=interregnum-lab
ETCD_HEARTBEAT_INTERVAL={heartbeat}
ETCD_ELECTION_TIMEOUT={election}
)",
                       fmt::arg("name", input.node.name), fmt::arg("address", input.node.address),
                       fmt::arg("cluster", cluster),
                       fmt::arg("heartbeat", ms("etcd.heartbeat_interval")),
                       fmt::arg("election", ms("etcd.election_timeout")));
}

}  // namespace interregnum
