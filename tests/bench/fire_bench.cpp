// SPDX-License-Identifier: MIT
// How long it takes from the decision to fire to the first byte that a command executes on the
// node, and how far apart the nodes are; beside `ssh` over a ControlMaster, in one run.
//
// The null command is a shell file on the node that writes into a FIFO there (a builtin). The
// FIFO lies on the node's disk, which is a folder of this machine: we read its other end here,
// by one clock for all. What is measured so includes our own waking up, the same for both ways.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <memory>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <unistd.h>

#include "harness/base/process.h"
#include "harness/engine/access.h"
#include "harness/engine/hands.h"
#include "harness/lab/lab.h"
#include "harness/lab/layout.h"
#include "harness/remote/unique_fd.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 3> nodes{"db1", "db2", "db3"};
constexpr std::string_view folder = "/var/lib/interregnum-bench";
constexpr int firings = 50;
constexpr double least_ratio = 20;
constexpr Duration most_skew = 5ms;

using Arrivals = std::array<Instant, nodes.size()>;

/// Reads the nodes' FIFOs in a thread of its own.
class Observer {
public:
    explicit Observer(std::array<UniqueFd, nodes.size()> fifos) : fifos_(std::move(fifos)) {}

    /// The instants at which each node wrote after `fire` was called; it runs beside us.
    template <class Fire>
    Result<Arrivals> watch(Fire fire) {
        Arrivals seen{};
        std::jthread reader([&] {
            sched_param const urgent{.sched_priority = 1};
            ::sched_setscheduler(0, SCHED_FIFO, &urgent);  // refused: the numbers are larger
            ready_.store(true);
            ready_.notify_one();
            read_all(seen);
        });
        ready_.wait(false);
        ready_.store(false);
        fire();
        reader.join();
        if (std::ranges::find(seen, Instant()) != seen.end())
            return fail(Error::Kind::timeout, "a node did not fire within 5 s");
        return seen;
    }

private:
    void read_all(Arrivals& seen) {
        Instant const deadline = SteadyClock().now() + 5s;
        std::array<pollfd, nodes.size()> polled{};
        for (std::size_t i = 0; i < nodes.size(); ++i)
            polled[i] = {.fd = fifos_[i].value(), .events = POLLIN, .revents = 0};
        std::size_t left = nodes.size();
        while (left > 0 && SteadyClock().now() < deadline) {
            ::poll(polled.data(), polled.size(), 100);
            Instant const now = SteadyClock().now();
            for (std::size_t i = 0; i < nodes.size(); ++i) {
                std::array<char, 64> dropped{};
                if ((polled[i].revents & POLLIN) == 0 ||
                    ::read(polled[i].fd, dropped.data(), dropped.size()) <= 0)
                    continue;
                seen[i] = now;
                --left;
            }
        }
    }
    std::array<UniqueFd, nodes.size()> fifos_;
    std::atomic<bool> ready_{false};
};

/// The samples of one way to fire.
struct Samples {
    std::vector<Duration> dispatch;  ///< decision to first byte, each node of each firing
    std::vector<Duration> skew;      ///< first to last node, each firing
    void add(Instant decided, Arrivals const& seen) {
        for (Instant const one : seen) dispatch.push_back(one - decided);
        auto const [first, last] = std::ranges::minmax(seen);
        skew.push_back(last - first);
    }
};

Duration at(std::vector<Duration> values, double share) {
    std::ranges::sort(values);
    auto const index = static_cast<std::size_t>(share * static_cast<double>(values.size()));
    return values[std::min(index, values.size() - 1)];
}

double ms(Duration span) { return std::chrono::duration<double, std::milli>(span).count(); }

void print(std::string_view name, Samples const& samples) {
    fmt::print(
        "{:24} dispatch median {:7.3f} ms  p95 {:7.3f} ms   skew median {:6.3f} ms  p95 "
        "{:6.3f} ms\n",
        name, ms(at(samples.dispatch, 0.5)), ms(at(samples.dispatch, 0.95)),
        ms(at(samples.skew, 0.5)), ms(at(samples.skew, 0.95)));
}

std::string on_host(std::string_view node, std::string_view name) {
    return fmt::format("{}{}/{}", lab_path::root(*find_lab_node(node)), folder, name);
}

Result<std::unique_ptr<Observer>> prepare(Fleet& fleet) {
    constexpr char const* make_fifo =
        "rm -rf \"$1\" && mkdir \"$1\" && mkfifo -m 666 \"$1/fifo\" && "
        "printf 'echo fired >%s/fifo\\n' \"$1\" >\"$1/null\"";
    std::array<UniqueFd, nodes.size()> fifos;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        auto const made = fleet.run_on(
            nodes[i], {.argv = {"sh", "-c", make_fifo, "sh", std::string(folder)}}, {});
        if (!made) return std::unexpected(made.error());
        if (made->exit_status != 0) return fail(Error::Kind::failed, made->err);
        fifos[i] =
            UniqueFd(::open(on_host(nodes[i], "fifo").c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
        if (!fifos[i].valid())
            return fail(Error::Kind::failed, "cannot open " + on_host(nodes[i], "fifo"));
    }
    return std::make_unique<Observer>(std::move(fifos));
}

/// `ssh` with a master connection that is already open, one a node.
class Masters {
public:
    explicit Masters(Inventory const& inventory) : inventory_(inventory) {
        std::string pattern = "/tmp/fire-bench-XXXXXX";
        folder_ = ::mkdtemp(pattern.data());
    }
    Masters(Masters const&) = delete;
    Masters& operator=(Masters const&) = delete;
    ~Masters() {
        children_.clear();
        for (std::string_view const node : nodes) ::unlink(socket(node).c_str());
        ::rmdir(folder_.c_str());
    }
    Status open() {
        for (std::string_view const node : nodes) {
            auto child = ChildProcess::start({.argv = words(node, {"-M", "-N"}, {})});
            if (!child) return std::unexpected(child.error());
            children_.push_back(*std::move(child));
        }
        Instant const deadline = SteadyClock().now() + 5s;
        for (std::string_view const node : nodes)
            while (::access(socket(node).c_str(), F_OK) != 0)
                if (SteadyClock().now() > deadline || !SteadyClock().sleep_for(10ms, {}))
                    return fail(Error::Kind::timeout, "no ControlMaster");
        return {};
    }
    /// Starts one ssh a node, as a script would with `&`, and gives them back to be waited for.
    std::vector<ChildProcess> fire() {
        std::vector<ChildProcess> running;
        for (std::string_view const node : nodes) {
            auto child =
                ChildProcess::start({.argv = words(node, {}, fmt::format(". {}/null", folder))});
            if (child) running.push_back(*std::move(child));
        }
        return running;
    }

private:
    [[nodiscard]] std::string socket(std::string_view node) const {
        return fmt::format("{}/{}", folder_, node);
    }
    [[nodiscard]] std::vector<std::string> words(std::string_view node,
                                                 std::vector<std::string> const& more,
                                                 std::string const& line) const {
        std::vector<std::string> all{"ssh", "-T",
                                     "-F",  "none",
                                     "-o",  "BatchMode=yes",
                                     "-S",  socket(node),
                                     "-i",  inventory_.ssh.key,
                                     "-o",  "UserKnownHostsFile=" + inventory_.ssh.host_keys,
                                     "-l",  inventory_.ssh.user};
        all.insert(all.end(), more.begin(), more.end());
        all.emplace_back("--");
        all.push_back(inventory_.node(node)->address);
        if (!line.empty()) all.push_back(line);
        return all;
    }
    Inventory const& inventory_;
    std::string folder_;
    std::vector<ChildProcess> children_;
};

Status measure(Inventory const& inventory, Samples& ours, Samples& theirs) {
    auto const fleet = make_fleet(inventory, false);
    auto observer = prepare(*fleet);
    if (!observer) return std::unexpected(observer.error());
    Masters masters(inventory);
    if (Status const open = masters.open(); !open) return open;
    Hands hands(*fleet);
    std::vector<FaultCommand> fire;
    fire.reserve(nodes.size());
    for (std::string_view const node : nodes)
        fire.push_back({.node = std::string(node),
                        .argv = {"sh", fmt::format("{}/null", folder)},
                        .bounds_itself = true});
    for (int i = -2; i < firings; ++i) {  // the first two warm up
        Instant decided;
        std::vector<CommandOutcome> outcomes;
        hands.poise(fire, {});
        auto const mine = (*observer)->watch([&] {
            decided = SteadyClock().now();
            outcomes = hands.run(fire, {});
        });
        if (Status const fired = first_failure(outcomes); !fired) return fired;
        if (!mine) return fail_in("interregnum", mine.error());
        if (i >= 0) ours.add(decided, *mine);
        std::vector<ChildProcess> running;
        auto const its = (*observer)->watch([&] {
            decided = SteadyClock().now();
            running = masters.fire();
        });
        if (!its) return fail_in("ssh over ControlMaster", its.error());
        if (i >= 0) theirs.add(decided, *its);
        Instant const deadline = SteadyClock().now() + 5s;
        for (ChildProcess& child : running)
            while (!child.exit_status() && SteadyClock().now() < deadline)
                if (!SteadyClock().sleep_for(1ms, {})) break;
    }
    for (std::string_view const node : nodes)
        if (auto const removed =
                fleet->run_on(node, {.argv = {"rm", "-rf", std::string(folder)}}, {});
            !removed)
            return std::unexpected(removed.error());
    return {};
}

int run() {
    auto const file = running_lab();
    if (!file) {
        fmt::print("skipped: no lab is up on this machine (`interregnum lab up`)\n");
        return 77;
    }
    Mistakes mistakes;
    auto const inventory = load_inventory(*file, mistakes);
    Status const entered = enter_lab_network();
    if (!inventory || !mistakes.empty() || !entered) {
        fmt::print("cannot use the lab\n");
        return 1;
    }
    Samples ours;
    Samples theirs;
    if (Status const done = measure(*inventory, ours, theirs); !done) {
        fmt::print("{}\n", done.error().message);
        return 1;
    }
    print("interregnum", ours);
    print("ssh over ControlMaster", theirs);
    double const ratio = ms(at(theirs.dispatch, 0.5)) / ms(at(ours.dispatch, 0.5));
    bool const fast = ratio >= least_ratio;
    bool const together = at(ours.skew, 0.95) < most_skew;
    fmt::print("{} firings of {} nodes: {:.1f} times less ({} {:.0f}), skew p95 {} 5 ms\n", firings,
               nodes.size(), ratio, fast ? "at least" : "NOT the promised", least_ratio,
               together ? "under" : "NOT under");
    return fast && together ? 0 : 1;
}

}  // namespace
}  // namespace interregnum

int main() { return interregnum::run(); }
