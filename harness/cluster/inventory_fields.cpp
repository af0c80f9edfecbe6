// SPDX-License-Identifier: MIT
#include "harness/cluster/inventory_fields.h"

namespace interregnum {

namespace {

void check_ssh(InventoryDraft const& draft, ObjectReader& reader) {
    SshAccess const& ssh = draft.inventory.ssh;
    if (ssh.user.empty() && ssh.transport == "libssh2")
        reader.require("user", "login on every node");
}

void check_postgres(InventoryDraft const& draft, ObjectReader& reader) {
    PostgresSettings const& postgres = draft.inventory.postgres;
    if (postgres.sslcert.empty() != postgres.sslkey.empty())
        reader.wrong(postgres.sslcert.empty() ? "sslkey" : "sslcert",
                     "expected sslcert and sslkey together, got only one of them");
    // libpq reads such a name as a whole connection string.
    if (postgres.dbname.find('=') != std::string::npos ||
        postgres.dbname.find("://") != std::string::npos)
        reader.wrong("dbname", "expected the name of a database, not a connection string");
}

void check_redis(InventoryDraft const& draft, ObjectReader& reader) {
    if (draft.redis_tls)
        reader.wrong("tls",
                     "Redis cannot be reached over TLS: the client library here (hiredis 0.14) "
                     "has none. Give a port without TLS, or that of a local TLS tunnel");
    if (!draft.inventory.redis.user.empty() && draft.inventory.redis.password.spec.empty())
        reader.wrong("user", "expected a password beside the ACL user");
}

void check_rest(RestSettings const& rest, ObjectReader& reader) {
    if (rest.cert.empty() != rest.key.empty())
        reader.wrong(rest.cert.empty() ? "key" : "cert",
                     "expected cert and key together, got only one of them");
    if (!rest.tls && !(rest.cacert.empty() && rest.cert.empty()))
        reader.wrong(rest.cacert.empty() ? "cert" : "cacert",
                     "expected \"tls\": true beside certificates");
    if (rest.user.empty() != rest.password.spec.empty())
        reader.wrong(rest.user.empty() ? "password" : "user",
                     "expected user and password together, got only one of them");
}

void check_patroni(InventoryDraft const& draft, ObjectReader& reader) {
    check_rest(draft.inventory.patroni, reader);
}

void check_etcd(InventoryDraft const& draft, ObjectReader& reader) {
    check_rest(draft.inventory.etcd, reader);
}

Section top_section(Inventory& inventory) {
    return {.name = "",
            .doc = "",
            .required = true,
            .fields = {{.name = "cluster",
                        .into = &inventory.cluster,
                        .doc = "the cluster's name, for messages, reports and locks",
                        .required = true},
                       {.name = "environment",
                        .into = &inventory.environment,
                        .doc = "\"production\" asks for the cluster's name to be typed",
                        .choices = {"disposable", "production"}},
                       {.name = "via",
                        .into = &inventory.via,
                        .doc = "the node through whose SSH forwards customers dial, where the "
                               "entry points are reachable from inside only"}}};
}

Section ssh_section(SshAccess& ssh) {
    return {
        .name = "ssh",
        .doc = "how the nodes are reached",
        .required = true,
        .fields = {{.name = "transport",
                    .into = &ssh.transport,
                    .doc = "who speaks SSH: libssh2 in this process, or the system's ssh with all "
                           "it knows: ~/.ssh/config, ProxyJump, RSA keys, certificates, hardware "
                           "keys",
                    .choices = {"libssh2", "openssh"}},
                   {.name = "user",
                    .into = &ssh.user,
                    .doc =
                        "login on every node; only with openssh it may be left to ~/.ssh/config"},
                   {.name = "key",
                    .into = &ssh.key,
                    .doc = "private key file; without it the SSH agent is asked, or with openssh "
                           "what ~/.ssh/config says",
                    .is_file = true},
                   {.name = "sudo", .into = &ssh.sudo, .doc = "run commands through `sudo -n`"},
                   {.name = "host_keys",
                    .into = &ssh.host_keys,
                    .doc = "known_hosts file of the expected host keys; without it "
                           "~/.ssh/known_hosts",
                    .is_file = true},
                   {.name = "port",
                    .into = &ssh.port,
                    .doc = "of sshd; faults keep it open, so ~/.ssh/config is not asked"}},
        .check = check_ssh};
}

Section postgres_section(PostgresSettings& postgres) {
    return {.name = "postgres",
            .doc =
                "how customers log in to PostgreSQL (`interregnum list grants` says what the "
                "role needs)",
            .fields = {{.name = "user", .into = &postgres.user, .doc = "role of the drill"},
                       {.name = "dbname", .into = &postgres.dbname, .doc = "database of the drill"},
                       {.name = "sslmode",
                        .into = &postgres.sslmode,
                        .doc = "as libpq has it",
                        .choices = {"disable", "allow", "prefer", "require", "verify-ca",
                                    "verify-full"}},
                       {.name = "password", .into = &postgres.password, .doc = "of the role"},
                       {.name = "sslrootcert",
                        .into = &postgres.sslrootcert,
                        .doc = "CA certificates that the server is checked with",
                        .is_file = true},
                       {.name = "sslcert",
                        .into = &postgres.sslcert,
                        .doc = "client certificate",
                        .is_file = true},
                       {.name = "sslkey",
                        .into = &postgres.sslkey,
                        .doc = "key of the client certificate",
                        .is_file = true},
                       {.name = "port",
                        .into = &postgres.port,
                        .doc = "of PostgreSQL on the database nodes"}},
            .check = check_postgres};
}

Section redis_section(InventoryDraft& draft) {
    RedisSettings& redis = draft.inventory.redis;
    return {.name = "redis",
            .doc = "how customers log in to Redis, and Sentinel's name of the master",
            .fields = {{.name = "master",
                        .into = &redis.master,
                        .doc = "Sentinel's name of the master"},
                       {.name = "user", .into = &redis.user, .doc = "ACL user"},
                       {.name = "password", .into = &redis.password, .doc = "of Redis"},
                       {.name = "port", .into = &redis.port, .doc = "of Redis on its nodes"},
                       {.name = "sentinel_port",
                        .into = &redis.sentinel_port,
                        .doc = "of Sentinel on its nodes"},
                       {.name = "tls",
                        .into = &draft.redis_tls,
                        .doc = "only false: the client library here has no TLS"}},
            .check = check_redis};
}

std::vector<Field> rest_fields(RestSettings& rest) {
    return {
        {.name = "port", .into = &rest.port, .doc = "of its REST service on the nodes"},
        {.name = "tls", .into = &rest.tls, .doc = "speak https"},
        {.name = "cacert",
         .into = &rest.cacert,
         .doc = "CA certificates that the server is checked with",
         .is_file = true},
        {.name = "cert", .into = &rest.cert, .doc = "client certificate", .is_file = true},
        {.name = "key", .into = &rest.key, .doc = "key of the client certificate", .is_file = true},
        {.name = "user", .into = &rest.user, .doc = "for basic authentication"},
        {.name = "password", .into = &rest.password, .doc = "for basic authentication"}};
}

}  // namespace

std::vector<Section> inventory_sections(InventoryDraft& draft) {
    Inventory& inventory = draft.inventory;
    std::vector<Field> patroni = {
        {.name = "scope", .into = &inventory.patroni_scope, .doc = "Patroni's name of the cluster"},
        {.name = "namespace",
         .into = &inventory.patroni_namespace,
         .doc = "where Patroni keeps its keys in etcd"}};
    for (Field& field : rest_fields(inventory.patroni)) patroni.push_back(std::move(field));
    return {top_section(inventory),
            ssh_section(inventory.ssh),
            postgres_section(inventory.postgres),
            redis_section(draft),
            {.name = "patroni",
             .doc = "Patroni's REST API on the database nodes",
             .fields = std::move(patroni),
             .check = check_patroni},
            {.name = "etcd",
             .doc = "etcd on the database nodes",
             .fields = rest_fields(inventory.etcd),
             .check = check_etcd},
            {.name = "haproxy",
             .doc = "HAProxy on the application nodes",
             .fields = {{.name = "stats_port",
                         .into = &inventory.haproxy_stats_port,
                         .doc = "of its statistics page"}}}};
}

}  // namespace interregnum
