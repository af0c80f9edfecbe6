// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/lab/layout.h"
#include "harness/lab/secrets.h"
#include "harness/lab/settings.h"

namespace interregnum {

/// A file (or link) that makes a copy of the image one node of the lab.
struct ConfigFile {
    std::string path;           ///< inside the node
    std::string text;           ///< content; for a link, what it points to
    std::string owner{"root"};  ///< user of the image; its primary group comes with it
    unsigned mode{0644};
    bool link{false};
};

struct NodeConfigInput {
    LabNode const& node;
    LabSettings const& settings;
    LabSecrets const& secrets;
};

/// Everything a node needs before its first boot. Pure: same input, same files.
[[nodiscard]] std::vector<ConfigFile> node_config(NodeConfigInput const& input);

/// One generator a file below; each is named after what it writes.
[[nodiscard]] std::string patroni_yaml(NodeConfigInput const& input);
[[nodiscard]] std::string post_bootstrap_sql(LabSecrets const& secrets);
[[nodiscard]] std::string redis_conf(NodeConfigInput const& input);
[[nodiscard]] std::string sentinel_conf(NodeConfigInput const& input);
[[nodiscard]] std::string haproxy_cfg(NodeConfigInput const& input);
[[nodiscard]] std::string etcd_env(NodeConfigInput const& input);
[[nodiscard]] std::string hosts_file();
[[nodiscard]] std::string sshd_config();

/// The database nodes, in order.
[[nodiscard]] std::vector<LabNode> db_nodes();

}  // namespace interregnum
