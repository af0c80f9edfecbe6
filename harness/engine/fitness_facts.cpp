// SPDX-License-Identifier: MIT
#include "harness/engine/fitness_facts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <thread>

#include <fmt/format.h>

#include "harness/cluster/etcd.h"
#include "harness/cluster/http.h"
#include "harness/cluster/sentinel.h"
#include "harness/engine/fitness_script.h"

namespace interregnum {

namespace {

constexpr Duration question_timeout = std::chrono::seconds(2);
constexpr Duration script_timeout = std::chrono::seconds(60);

/// The sources that only the script on a node tells of.
constexpr std::array<char const*, 13> of_script{
    "setting", "role_setting", "rewinder", "slot",   "archiver", "id",        "collation",
    "disk",    "yaml",         "watchdog", "sysctl", "os",       "timekeeper"};

/// Those that services tell of over the network.
constexpr std::array<char const*, 5> of_services{"patroni", "etcd", "etcdmembers", "redis",
                                                 "sentinel"};
constexpr std::string_view nothing_answers = "nothing there answers";

/// No service of the node answered when the cluster was looked at: asking each of them again would
/// take a timeout each.
bool is_silent(ClusterView const& view, std::string const& name) {
    NodeView const* seen = view.node(name);
    return seen != nullptr && !seen->patroni_answers && !seen->etcd_healthy &&
           !seen->redis_answers && !seen->sentinel_answers;
}

std::vector<std::uint16_t> ports_of(std::vector<InventoryEndpoint> const& endpoints) {
    std::vector<std::uint16_t> ports;
    for (InventoryEndpoint const& one : endpoints)
        if (std::ranges::find(ports, one.port) == ports.end()) ports.push_back(one.port);
    return ports;
}

/// Offset of a node's clock to the controller's, from `date +%s%N`, with the half of the way there
/// and back as its error.
void take_clock(FitnessFacts& facts, Result<RemoteResult> const& said, Duration wall_at_zero) {
    if (!said) {
        facts.not_known("clock", said.error().message);
        return;
    }
    std::int64_t there = 0;
    std::from_chars(said->out.data(), said->out.data() + said->out.size(), there);
    Duration const half = (said->returned - said->sent) / 2;
    Duration const here = wall_at_zero + said->sent.time_since_epoch() + half;
    auto const microseconds = [](Duration span) {
        return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(span).count());
    };
    if (there == 0) {
        facts.not_known("clock", "date +%s%N told no time");
        return;
    }
    facts.add("clock.offset_us", microseconds(Duration(there) - here));
    facts.add("clock.error_us", microseconds(half));
    facts.answered("clock");
}

void take_script(FitnessNode& node, Result<RemoteResult> const& said) {
    std::string why;
    if (!said)
        why = said.error().message;
    else if (said->exit_status != 0)
        why = fmt::format("the script ended with {}: {}", said->exit_status, said->err);
    if (said) take_lines(node.facts, said->out);
    if (why.empty()) return;
    for (char const* source : of_script)
        if (!node.facts.knows(source)) node.facts.not_known(source, why);
    if (!node.facts.knows("haproxy")) node.facts.not_known("haproxy", why);
}

class Questions {
public:
    Questions(Inventory const& inventory, ClusterSecrets const& secrets, std::stop_token stop)
        : inventory_(inventory), secrets_(secrets), stop_(std::move(stop)) {}

    /// Asks the services of a database node over the network.
    void ask(FitnessNode& node) const {
        std::string const& host = inventory_.node(node.name)->address;
        take(node.facts, "patroni", get_patroni(host, "/patroni"));
        take(node.facts, "etcd", post_etcd(host, std::string(etcd_status_path)));
        take(node.facts, "etcdmembers", post_etcd(host, "/v3/cluster/member/list"));
        if (inventory_.redis.master.empty()) return;
        take(node.facts, "redis",
             ask_redis_settings({.host = host,
                                 .port = inventory_.redis.port,
                                 .user = inventory_.redis.user,
                                 .password = secrets_.redis,
                                 .timeout = question_timeout}));
        take(node.facts, "sentinel",
             ask_sentinel_settings({.host = host,
                                    .port = inventory_.redis.sentinel_port,
                                    .user = inventory_.redis.user,
                                    .password = secrets_.redis,
                                    .timeout = question_timeout},
                                   inventory_.redis.master));
    }

    /// Asks about the whole, of the first member that answers.
    void ask_whole(FitnessFacts& whole, std::vector<std::string> const& hosts) const {
        for (auto const& [source, path] :
             {std::pair{"config", "/config"}, std::pair{"cluster", "/cluster"}}) {
            std::string why = "no database node";
            for (std::string const& host : hosts) {
                auto const answer = get_patroni(host, path);
                if (answer && answer->status == 200 && take_json(whole, source, answer->body)) {
                    why.clear();
                    break;
                }
                why = answer ? fmt::format("{}{}: status {}", host, path, answer->status)
                             : answer.error().message;
            }
            if (!why.empty()) whole.not_known(source, why);
        }
    }

private:
    static void take(FitnessFacts& facts, char const* source, Result<HttpAnswer> const& answer) {
        if (!answer)
            facts.not_known(source, answer.error().message);
        else if (answer->status >= 400 &&
                 answer->status != 503)  // Patroni's way to say "no leader"
            facts.not_known(source, fmt::format("status {}", answer->status));
        else if (!take_json(facts, source, answer->body))
            facts.not_known(source, "its answer is no JSON object");
    }

    static void take(FitnessFacts& facts, std::string const& source,
                     Result<RedisValues> const& values) {
        if (!values) {
            facts.not_known(source, values.error().message);
            return;
        }
        for (auto const& [name, value] : *values) facts.add(source + "." + name, value);
        facts.answered(source);
    }

    [[nodiscard]] Result<HttpAnswer> rest(std::string const& host, RestSettings const& settings,
                                          Secret const& password, std::string path,
                                          std::string body) const {
        return http({.host = host,
                     .port = settings.port,
                     .path = std::move(path),
                     .body = std::move(body),
                     .timeout = question_timeout,
                     .tls = settings.tls,
                     .cacert = settings.cacert,
                     .cert = settings.cert,
                     .key = settings.key,
                     .user = settings.user,
                     .password = password},
                    stop_);
    }
    [[nodiscard]] Result<HttpAnswer> get_patroni(std::string const& host, std::string path) const {
        return rest(host, inventory_.patroni, secrets_.patroni, std::move(path), "");
    }
    [[nodiscard]] Result<HttpAnswer> post_etcd(std::string const& host, std::string path) const {
        return rest(host, inventory_.etcd, secrets_.etcd, std::move(path), "{}");
    }

    Inventory const& inventory_;
    ClusterSecrets const& secrets_;
    std::stop_token stop_;
};

void ask_nodes(Fleet& fleet, std::uint16_t port, std::vector<std::string> const& reachable,
               ClusterFacts& facts, std::stop_token stop) {
    RemoteCommand const question{.argv = {"sh", "-s", "--", std::to_string(port)},
                                 .input = fitness_script(),
                                 .timeout = script_timeout};
    // The clock is asked for alone, so that little time passes around it, and some times, since
    // the shortest way there and back tells best.
    constexpr std::size_t clock_questions = 4;
    std::vector<Fleet::Task> tasks;
    for (std::string const& node : reachable) {
        for (std::size_t count = 0; count < clock_questions; ++count)
            tasks.push_back({node, RemoteCommand{.argv = {"date", "+%s%N"}}});
        tasks.push_back({node, question});
    }
    Duration const wall_at_zero = wall_now() - SteadyClock().now().time_since_epoch();
    auto const answers = fleet.run_all(tasks, std::move(stop));
    for (std::size_t index = 0; index < reachable.size(); ++index) {
        auto const node = std::ranges::find(facts.nodes, reachable[index], &FitnessNode::name);
        if (node == facts.nodes.end()) continue;
        auto const of_node = std::span(answers).subspan(index * (clock_questions + 1));
        auto const way = [](Result<RemoteResult> const& said) {
            return said ? said->returned - said->sent : Duration::max();
        };
        take_clock(node->facts, *std::ranges::min_element(of_node.first(clock_questions), {}, way),
                   wall_at_zero);
        take_script(*node, of_node[clock_questions]);
    }
}

}  // namespace

ClusterFacts ask_fitness_facts(Fleet& fleet, Inventory const& inventory,
                               ClusterSecrets const& secrets, ClusterView const& view,
                               std::vector<std::string> const& reachable, std::stop_token stop) {
    ClusterFacts facts{.redis_expected = !inventory.redis.master.empty(),
                       .write_ports = ports_of(inventory.write),
                       .read_ports = ports_of(inventory.read),
                       .cache_ports = ports_of(inventory.cache)};
    if (NodeView const* leader = view.leader()) facts.leader = leader->name;
    std::vector<std::string> hosts;
    for (InventoryNode const& node : inventory.nodes) {
        FitnessNode asked{.name = node.name, .group = node.group, .facts = {}};
        if (std::ranges::find(reachable, node.name) == reachable.end()) {
            for (char const* source : of_script) asked.facts.not_known(source, "no session");
            for (char const* source : {"haproxy", "clock"})
                asked.facts.not_known(source, "no session");
            if (is_silent(view, node.name))
                for (char const* source : of_services)
                    asked.facts.not_known(source, nothing_answers);
        }
        facts.nodes.push_back(std::move(asked));
        if (node.group == "db") hosts.push_back(node.address);
    }
    Questions const questions(inventory, secrets, stop);
    {
        std::vector<std::jthread> threads;
        for (FitnessNode& node : facts.nodes)
            if (node.group == "db" && node.facts.why_not("patroni") != nothing_answers)
                threads.emplace_back([&] { questions.ask(node); });
        threads.emplace_back([&] { questions.ask_whole(facts.whole, hosts); });
    }
    ask_nodes(fleet, inventory.postgres.port, reachable, facts, std::move(stop));
    return facts;
}

}  // namespace interregnum
