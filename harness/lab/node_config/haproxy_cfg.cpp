// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/lab/node_config/node_config.h"

namespace interregnum {
namespace {

std::string milliseconds(Duration span) {
    return fmt::format("{}ms", std::chrono::ceil<std::chrono::milliseconds>(span).count());
}

std::string default_server(Options const& v) {
    std::string text = fmt::format("    default-server inter {} fall {} rise {}",
                                   milliseconds(v.duration("haproxy.inter")),
                                   v.integer("haproxy.fall"), v.integer("haproxy.rise"));
    if (v.has("haproxy.fastinter"))
        text += " fastinter " + milliseconds(v.duration("haproxy.fastinter"));
    if (v.flag("haproxy.shutdown_sessions")) text += " on-marked-down shutdown-sessions";
    return text + "\n";
}

/// `options` are what Patroni's own sample has behind each server.
std::string servers(std::string_view port, std::string_view options) {
    std::string text;
    for (LabNode const& node : db_nodes())
        text += fmt::format("    server {} {}:{} {}\n", node.name, node.address, port, options);
    return text;
}

std::string postgres_listen(std::string_view name, int port, std::string_view check,
                            Options const& v) {
    return fmt::format(
               "\nlisten {}\n    bind *:{}\n    option httpchk GET {}\n"
               "    http-check expect status 200\n",
               name, port, check) +
           default_server(v) + servers("5432", "maxconn 100 check port 8008");
}

// Without min-recv an answer that lacks "role:master" is waited out until `timeout check`, three
// times: a replica would get every second customer for 15 s and more. "$530\r\n# Replication\r\n"
// and the role are 32 bytes (HAProxy 2.2 and later, configuration manual, `tcp-check expect`).
std::string redis_listen(std::string_view password, Options const& v) {
    return fmt::format(R"(
listen redis_master
    bind *:6379
    option tcp-check
    tcp-check connect
    tcp-check send "AUTH {}\r\n"
    tcp-check expect string +OK
    tcp-check send "PING\r\n"
    tcp-check expect string +PONG
    tcp-check send "info replication\r\n"
    tcp-check expect min-recv 32 string role:master
    tcp-check send "QUIT\r\n"
    tcp-check expect string +OK
)",
                       password) +
           default_server(v) + servers("6379", "check");
}

}  // namespace

std::string haproxy_cfg(NodeConfigInput const& input) {
    Options const& v = input.settings.values;
    // Patroni's sample has no server-fin. Without it, what a customer who gave up had on a leader
    // that then dies stays for 30 minutes (`on-marked-down shutdown-sessions` leaves out what the
    // client has closed: FIN-WAIT-2, seen with HAProxy 2.6.12), and 100 of them are all that the
    // server takes: when it led again nobody got in.
    // The sections are those of the sample that Patroni ships, with Redis beside them.
    return fmt::format(R"(global
    log /dev/log local0
    maxconn 2000
    user haproxy
    group haproxy
    stats socket /run/haproxy/admin.sock mode 660 level admin
    stats timeout 30s

defaults
    log global
    mode tcp
    option tcplog
    retries 2
    timeout client 30m
    timeout connect {}
    timeout server 30m
    timeout server-fin {}
    timeout check {}

listen stats
    mode http
    option httplog
    bind *:7000
    stats enable
    stats uri /
)",
                       milliseconds(v.duration("haproxy.timeout_connect")),
                       milliseconds(v.duration("haproxy.timeout_server_fin")),
                       milliseconds(v.duration("haproxy.timeout_check"))) +
           postgres_listen("postgres_write", 5000, "/primary", v) +
           postgres_listen("postgres_read", 5001, "/replica", v) +
           redis_listen(input.secrets.redis.reveal(), v);
}

}  // namespace interregnum
