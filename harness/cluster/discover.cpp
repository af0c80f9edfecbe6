// SPDX-License-Identifier: MIT
#include "harness/cluster/discover.h"

#include <algorithm>
#include <array>
#include <thread>

#include "harness/cluster/etcd.h"
#include "harness/cluster/haproxy.h"
#include "harness/cluster/http.h"
#include "harness/cluster/inventory.h"
#include "harness/cluster/patroni.h"
#include "harness/remote/dial.h"

namespace interregnum {

namespace {

constexpr std::uint16_t patroni_port = 8008;
constexpr std::uint16_t etcd_port = 2379;
constexpr std::uint16_t redis_port = 6379;
constexpr std::uint16_t sentinel_port = 26379;
constexpr std::array<std::uint16_t, 4> stats_ports{7000, 8404, 1936, 9000};

void ask_patroni(HostAnswers& answers, Duration timeout, std::stop_token const& stop) {
    auto const get = [&](char const* path) {
        return http({.host = answers.host, .port = patroni_port, .path = path, .timeout = timeout},
                    stop);
    };
    auto const status = get("/patroni");
    if (!status) return;
    auto const parsed = parse_patroni_status(status->body);
    if (!parsed) return;
    answers.is_member = true;
    answers.member = parsed->member;
    answers.scope = parsed->scope;
    answers.is_leader = parsed->role == "leader";
    auto const rows = get("/cluster");
    if (!rows) return;
    auto const cluster = parse_patroni_cluster(rows->body);
    if (!cluster) return;
    for (PatroniMember const& member : cluster->members) {
        answers.members.emplace_back(member.name, member.host);
        // Patroni before 3.2 leaves its name out of its own status.
        if (answers.member.empty() && member.host == answers.host) answers.member = member.name;
    }
}

void ask_redis(HostAnswers& answers, Duration timeout) {
    RedisTarget target{.host = answers.host, .port = sentinel_port, .timeout = timeout};
    if (auto masters = ask_sentinel_masters(target)) answers.masters = std::move(*masters);
    target.port = redis_port;
    if (auto const login = wants_login(target)) answers.redis_login = *login;
}

void ask_haproxy(HostAnswers& answers, Duration timeout, std::stop_token const& stop) {
    for (std::uint16_t const port : stats_ports) {
        auto const page =
            http({.host = answers.host, .port = port, .path = "/;csv", .timeout = timeout}, stop);
        auto const servers =
            page ? parse_haproxy_stats(page->body)
                 : Result<std::vector<HaproxyServer>>(std::unexpected(page.error()));
        if (!servers) continue;
        answers.stats_port = port;
        for (HaproxyServer const& one : *servers) {
            if (std::ranges::find(answers.backends, one.backend) == answers.backends.end())
                answers.backends.push_back(one.backend);
            std::string const address = one.address.substr(0, one.address.rfind(':'));
            if (!address.empty() &&
                std::ranges::find(answers.servers, address) == answers.servers.end())
                answers.servers.push_back(address);
        }
        break;
    }
    if (!answers.stats_port) return;
    for (std::uint16_t const port : usual_entry_ports())
        if (dial(answers.host, port, Waiter(SteadyClock().now() + timeout, stop)))
            answers.open_ports.push_back(port);
}

}  // namespace

std::vector<std::uint16_t> const& usual_entry_ports() {
    static std::vector<std::uint16_t> const ports{5000, 5001, 5432, 5433, 6379, 6380, 6432};
    return ports;
}

HostAnswers ask_host(std::string const& host, Duration timeout, std::stop_token stop) {
    HostAnswers answers{.host = host};
    ask_patroni(answers, timeout, stop);
    auto const etcd = http({.host = host,
                            .port = etcd_port,
                            .path = std::string(etcd_status_path),
                            .body = "{}",
                            .timeout = timeout},
                           stop);
    answers.etcd = etcd && parse_etcd_status(etcd->body);
    ask_redis(answers, timeout);
    ask_haproxy(answers, timeout, stop);
    return answers;
}

std::vector<HostAnswers> ask_hosts(std::vector<std::string> const& hosts, Duration timeout,
                                   std::stop_token const& stop) {
    std::vector<HostAnswers> answers(hosts.size());
    std::vector<std::jthread> threads;
    threads.reserve(hosts.size());
    for (std::size_t index = 0; index < hosts.size(); ++index)
        threads.emplace_back([&answers, &hosts, index, timeout, stop] {
            answers[index] = ask_host(hosts[index], timeout, stop);
        });
    threads.clear();  // joins
    return answers;
}

FoundCluster discover(std::vector<std::string> const& hosts, Duration timeout,
                      std::stop_token stop) {
    constexpr std::size_t most_hosts = 100;
    std::vector<HostAnswers> answers = ask_hosts(hosts, timeout, stop);
    std::vector<std::string> further;
    auto const add = [&](std::string const& address) {
        bool const asked = std::ranges::find(answers, address, &HostAnswers::host) != answers.end();
        if (!asked && is_host(address) && further.size() < most_hosts &&
            std::ranges::find(further, address) == further.end())
            further.push_back(address);
    };
    for (HostAnswers const& one : answers) {
        for (auto const& [name, address] : one.members) add(address);
        for (std::string const& address : one.servers) add(address);
    }
    for (HostAnswers& one : ask_hosts(further, timeout, stop)) answers.push_back(std::move(one));
    return put_together(answers);
}

}  // namespace interregnum
