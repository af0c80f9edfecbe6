// SPDX-License-Identifier: MIT
#include "harness/cli/gate_choice.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <tuple>

#include <fmt/format.h>

#include "harness/base/mistakes.h"
#include "harness/cluster/inventory.h"
#include "harness/scenario/expand.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

// Connecting, the baseline, the shop, reading back, the clean certificate.
constexpr Duration around_a_play = 20s;
// Patroni's default loop_wait: the longest that a fault waits before it fires.
constexpr Duration usual_loop_wait = 10s;
// A crashed server boots, and its member has to catch up.
constexpr Duration usual_redundant = 60s;
constexpr Duration usual_other_await = 30s;
// More shards than this are a mistake of typing.
constexpr int most_shards = 1000;

Duration expected_step(FaultStep const& fault) {
    Duration const hold = fault.options.has("for") ? fault.options.duration("for") : 0s;
    return fault.random_wait.value_or(usual_loop_wait) + hold;
}
Duration expected_step(AwaitStep const& await) {
    return std::min(await.within,
                    await.condition == Condition::redundant ? usual_redundant : usual_other_await);
}
Duration expected_step(SteadyStep const& steady) { return steady.span; }
Duration expected_step(HealStep const& /*heal*/) { return 0s; }
Duration expected_step(TemplateStep const& /*one that could not be expanded*/) { return 0s; }

/// The smallest cluster that can do without any of its nodes. Who splits a suite over several
/// clusters must come to the same times on each, whatever nodes that one has.
std::vector<InventoryNode> usual_nodes() {
    return {{.name = "db1", .group = "db"},
            {.name = "db2", .group = "db"},
            {.name = "db3", .group = "db"},
            {.name = "app1", .group = "app"},
            {.name = "app2", .group = "app"}};
}

std::optional<int> number(std::string const& text) {
    int value = 0;
    char const* const end = text.data() + text.size();
    auto const [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end || value < 0 || value > most_shards)
        return std::nullopt;
    return value;
}

}  // namespace

Duration expected_play(Scenario const& scenario) {
    Duration total = around_a_play + scenario.steady_before + scenario.steady_after;
    auto const plain = expanded(scenario, usual_nodes(), 1);
    for (Step const& step : plain ? plain->steps : scenario.steps)
        total += std::visit([](auto const& what) { return expected_step(what); }, step.what);
    return total;
}

Duration expected_play(GateDrill const& drill, Duration before_any) {
    Duration longest{};
    for (GateRun const& run : drill.runs)
        longest = std::max(longest, run.took > Duration::zero() ? run.took
                                    : run.summary.length > Duration::zero()
                                        ? run.summary.length + around_a_play
                                        : Duration::zero());
    return longest > Duration::zero() ? longest : before_any;
}

std::optional<std::size_t> next_play(std::vector<Candidate> const& drills,
                                     std::optional<Duration> left) {
    std::optional<std::size_t> best;
    auto const rank = [&drills](std::size_t index) {
        Candidate const& drill = drills[index];
        return std::tuple(drill.played, drill.proved, -drill.value, index);
    };
    for (std::size_t index = 0; index < drills.size(); ++index) {
        if (drills[index].over) continue;
        if (!left) return index;
        if (drills[index].expected > *left) continue;
        if (!best || rank(index) < rank(*best)) best = index;
    }
    return best;
}

std::uint64_t next_seed(GateDrill const& drill, std::uint64_t first_seed) {
    std::uint64_t seed = first_seed;
    while (std::ranges::any_of(drill.runs,
                               [seed](GateRun const& run) { return run.summary.seed == seed; }))
        ++seed;
    return seed;
}

bool is_result(RunSummary const& run) {
    return !run.interrupted || run.not_undone || run.verdict == Verdict::fail;
}

Result<Shard> parse_shard(
    std::string const& text,
    std::function<std::optional<std::string>(std::string const&)> const& environment) {
    auto const wrong = [&text](std::string const& why) {
        return fail(Error::Kind::invalid, fmt::format("--shard {}: {}", in_quotes(text), why));
    };
    std::size_t const slash = text.find('/');
    std::string const which = text.substr(0, slash);
    std::string total = slash == std::string::npos ? "" : text.substr(slash + 1);
    std::string index = which;
    int counted_from = 1;
    if (which == "env") {
        auto const job = total.empty() ? std::nullopt : environment("JOB_COMPLETION_INDEX");
        auto const node = environment("CI_NODE_INDEX");
        if (job) counted_from = 0;
        if (!job && !node)
            return wrong(fmt::format("{}CI_NODE_INDEX is not set",
                                     total.empty() ? "" : "neither JOB_COMPLETION_INDEX nor "));
        index = job ? *job : *node;
        if (total.empty()) total = environment("CI_NODE_TOTAL").value_or("");
        if (total.empty()) return wrong("CI_NODE_TOTAL is not set; say env/N");
    }
    auto const found = number(index);
    auto const count = number(total);
    if (!found || !count || *count < 1)
        return wrong(
            fmt::format("expected which of how many, such as 2/3, got {}/{}", index, total));
    Shard const shard{.index = *found + 1 - counted_from, .count = *count};
    if (shard.index < 1 || shard.index > shard.count)
        return wrong(fmt::format("there is no shard {} of {}", shard.index, shard.count));
    return shard;
}

std::vector<int> split(Suite const& suite, int count) {
    std::vector<Duration> takes;
    takes.reserve(suite.drills.size());
    for (SuiteDrill const& drill : suite.drills)
        takes.push_back(expected_play(drill.scenario) * drill.repeats);
    std::vector<std::size_t> longest_first(takes.size());
    std::iota(longest_first.begin(), longest_first.end(), 0U);
    std::ranges::stable_sort(longest_first, std::ranges::greater{},
                             [&takes](std::size_t drill) { return takes[drill]; });
    std::vector<Duration> load(static_cast<std::size_t>(count));
    std::vector<int> shards(takes.size(), 1);
    for (std::size_t const drill : longest_first) {
        auto const least = std::ranges::min_element(load);
        *least += takes[drill];
        shards[drill] = static_cast<int>(least - load.begin()) + 1;
    }
    return shards;
}

}  // namespace interregnum
