// SPDX-License-Identifier: MIT
#include "harness/lab/node_config/node_config.h"

#include <fmt/format.h>

namespace interregnum {
namespace {

constexpr std::string_view post_bootstrap = R"(#!/bin/sh
# Patroni gives the connection string.
exec psql -X -q -v ON_ERROR_STOP=1 -d "$1" -f /etc/patroni/post_bootstrap.sql
)";

/// So that `lab exec db1 psql ...` and the lab's own check need no password on a command line.
std::string pgpass(LabSecrets const& secrets) {
    return fmt::format("*:*:*:drill:{}\n*:*:*:postgres:{}\n", secrets.drill.reveal(),
                       secrets.superuser.reveal());
}

/// Patroni asks etcd once and then only five seconds later again, so it does not start before
/// etcd (which is ready once it has a quorum, or has given up) on its node.
constexpr std::string_view after_etcd = R"([Unit]
After=etcd.service
)";

constexpr std::string_view jobs_unit = R"([Unit]
After=patroni.service
[Service]
Environment=HOME=/root
ExecStart=/usr/local/sbin/shop-jobs
Restart=always
)";

ConfigFile enabled(std::string_view unit) {
    return {.path = fmt::format("/etc/systemd/system/multi-user.target.wants/{}.service", unit),
            .text = fmt::format("/lib/systemd/system/{}.service", unit),
            .link = true};
}

void add_system_files(std::vector<ConfigFile>& files, NodeConfigInput const& input) {
    std::string const name(input.node.name);
    LabSecrets const& secrets = input.secrets;
    files.push_back({.path = "/etc/hostname", .text = name + "\n"});
    files.push_back({.path = "/etc/hosts", .text = hosts_file()});
    files.push_back({.path = "/etc/machine-id", .text = secrets.machine_ids.at(name) + "\n"});
    files.push_back(
        {.path = "/etc/interregnum-allowed", .text = std::string(lab_cluster_name) + "\n"});
    files.push_back({.path = "/etc/ssh/sshd_config.d/interregnum.conf", .text = sshd_config()});
    auto const& key = secrets.host_keys.at(name);
    files.push_back(
        {.path = "/etc/ssh/ssh_host_ed25519_key", .text = key.private_key.reveal(), .mode = 0600});
    files.push_back({.path = "/etc/ssh/ssh_host_ed25519_key.pub", .text = key.public_key});
    files.push_back({.path = "/home/admin/.ssh/authorized_keys",
                     .text = secrets.admin_key,
                     .owner = "admin",
                     .mode = 0600});
    files.push_back(enabled("ssh"));
}

void add_db_files(std::vector<ConfigFile>& files, NodeConfigInput const& input) {
    files.push_back({.path = "/etc/default/etcd", .text = etcd_env(input)});
    files.push_back({.path = "/etc/patroni/config.yml",
                     .text = patroni_yaml(input),
                     .owner = "postgres",
                     .mode = 0600});
    files.push_back(
        {.path = "/etc/patroni/post_bootstrap", .text = std::string(post_bootstrap), .mode = 0755});
    files.push_back({.path = "/etc/patroni/post_bootstrap.sql",
                     .text = post_bootstrap_sql(input.secrets),
                     .owner = "postgres",
                     .mode = 0600});
    files.push_back({.path = "/etc/systemd/system/patroni.service.d/after-etcd.conf",
                     .text = std::string(after_etcd)});
    files.push_back({.path = "/root/.pgpass", .text = pgpass(input.secrets), .mode = 0600});
    files.push_back({.path = "/etc/redis/redis.conf",
                     .text = redis_conf(input),
                     .owner = "redis",
                     .mode = 0640});
    files.push_back({.path = "/etc/redis/sentinel.conf",
                     .text = sentinel_conf(input),
                     .owner = "redis",
                     .mode = 0640});
    for (std::string_view const unit : {"etcd", "patroni", "redis-server", "redis-sentinel"})
        files.push_back(enabled(unit));
    std::string const jobs = jobs_script(input.settings.defects);
    if (jobs.empty()) return;
    files.push_back({.path = "/usr/local/sbin/shop-jobs", .text = jobs, .mode = 0755});
    files.push_back(
        {.path = "/lib/systemd/system/shop-jobs.service", .text = std::string(jobs_unit)});
    files.push_back(enabled("shop-jobs"));
}

}  // namespace

std::vector<ConfigFile> node_config(NodeConfigInput const& input) {
    std::vector<ConfigFile> files;
    add_system_files(files, input);
    if (input.node.is_db) {
        add_db_files(files, input);
    } else {
        files.push_back({.path = "/etc/haproxy/haproxy.cfg",
                         .text = haproxy_cfg(input),
                         .owner = "haproxy",
                         .mode = 0640});
        files.push_back(enabled("haproxy"));
    }
    return files;
}

}  // namespace interregnum
