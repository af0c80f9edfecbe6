// SPDX-License-Identifier: MIT
#include "harness/engine/traffic.h"

#include <algorithm>

#include <fmt/format.h>
#include <sys/resource.h>

namespace interregnum {

namespace {

/// Time for all threads of a run to be up before the first attempt is due: some, and more for
/// each client.
constexpr Duration head_start = std::chrono::milliseconds(200);
constexpr Duration head_start_each = std::chrono::milliseconds(1);

/// A thread a client, of all streams together: more would be a load on the controller that no
/// measurement survives.
constexpr int clients_limit = 2000;

constexpr int niceness_of_customers = -10;
constexpr int niceness_of_observers = -5;

/// A customer that wakes late widens every error bar. Where we may (root), customers go before
/// whatever else runs on the controller, and observers come next; where not, they go with the rest.
void prefer_this_thread(int niceness) {
    // 0: the calling thread; a failure leaves it as it was, which is fine.
    static_cast<void>(::setpriority(PRIO_PROCESS, 0, niceness));
}

/// Whoever does what other customers ask for, in a loop by nature.
bool works(StreamPlan const& plan) {
    return plan.closed_loop && plan.service == record::Service::task;
}

}  // namespace

Result<std::unique_ptr<Traffic>> Traffic::plan(std::vector<WorkloadItem> const& workload,
                                               ProbeContext const& context) {
    std::unique_ptr<Traffic> traffic(new Traffic(context));
    for (WorkloadItem const& item : workload) {
        auto plans = item.probe->streams(item.options, context);
        if (!plans) return fail_in(item.probe->name, plans.error());
        for (StreamPlan const& plan : *plans) {
            int const id = static_cast<int>(traffic->streams_.size()) + 1;
            Stream& stream = traffic->streams_.emplace_back();
            stream.item = item;
            stream.plan = plan;
            stream.declared = {.id = id,
                               .probe = std::string(item.probe->name),
                               .service = plan.service,
                               .entry = plan.entry.entry,
                               .connection = plan.connection,
                               .period = plan.period,
                               .deadline = plan.deadline,
                               .clients = plan.clients,
                               .way = plan.entry.way,
                               .way_delay = plan.entry.way_delay,
                               .closed_loop = plan.closed_loop};
        }
    }
    int clients = 0;
    for (Stream const& stream : traffic->streams_) clients += stream.plan.clients;
    if (clients > clients_limit)
        return fail(Error::Kind::invalid,
                    fmt::format("the workload takes {} clients, a thread each; at most {} are "
                                "possible: lower rates or deadlines",
                                clients, clients_limit));
    for (ProbeKind const* kind : Registry<ProbeKind>::all()) {
        if (kind->role != ProbeKind::Role::observer) continue;
        auto made = kind->observers(fallback_options(kind->options), context);
        for (auto& observer : made) traffic->observers_.push_back(std::move(observer));
    }
    return traffic;
}

Traffic::~Traffic() {
    stop_customers();
    stop_observers();
}

void Traffic::start_observers() {
    if (!observer_threads_.empty()) return;
    for (auto& observer : observers_) {
        observer_threads_.emplace_back([watcher = observer.get()](std::stop_token stop) {
            prefer_this_thread(niceness_of_observers);
            watcher->watch(std::move(stop));
        });
    }
}

void Traffic::start_customers() {
    for (Stream const& stream : streams_) {
        context_.sink->write(stream.declared);
        // Customers in a loop mislead who reads their percentiles.
        if (!stream.plan.closed_loop || works(stream.plan)) continue;
        context_.sink->write(record::Note{
            .text = fmt::format("{} through {} is a closed loop of {} clients: each "
                                "waits for its answer before it asks again, so "
                                "latencies leave out what a stall kept back",
                                stream.declared.probe, stream.declared.entry, stream.plan.clients),
            .at = context_.offset(context_.clock->now())});
    }
    int clients = 0;
    for (Stream const& stream : streams_) clients += stream.plan.clients;
    Instant const grid = context_.clock->now() + head_start + clients * head_start_each;
    for (Stream& stream : streams_) {
        for (int index = 0; index < stream.plan.clients; ++index) {
            auto& threads = works(stream.plan) ? worker_threads_ : customer_threads_;
            threads.emplace_back([this, &stream, index, grid](std::stop_token const& stop) {
                prefer_this_thread(niceness_of_customers);
                Client client{
                    .stream = stream,
                    .index = index,
                    .grid = grid,
                    .customer = stream.item.probe->customer(
                        stream.item.options, context_, stream.declared, stream.plan.entry, index),
                    .next_storm = grid + stream.plan.storm};
                stream.plan.closed_loop ? serve_closed(client, stop) : serve_grid(client, stop);
            });
        }
    }
}

/// Sleeps until `due`, and redials at each storm on the way; false when stopped. A client that was
/// busy when a storm came redials now, and one that was busy for several redials once.
bool Traffic::wait_for(Client& client, Instant due, std::stop_token const& stop) const {
    Clock& clock = *context_.clock;
    Duration const storm = client.stream.plan.storm;
    while (storm > Duration::zero() && client.next_storm <= due) {
        if (!clock.sleep_until(client.next_storm, stop)) return false;
        if (client.index == 0)
            context_.sink->write(record::Fact{
                .name = "connection_storm",
                .value = fmt::format("{} clients of {} through {}", client.stream.plan.clients,
                                     client.stream.declared.probe, client.stream.declared.entry),
                .at = context_.offset(clock.now())});
        client.customer->redial(clock.now() + client.stream.plan.deadline);
        Instant const now = clock.now();
        while (client.next_storm <= now) client.next_storm += storm;
    }
    if (due <= clock.now()) return !stop.stop_requested();
    return clock.sleep_until(due, stop);
}

bool Traffic::attempt(Client& client, record::Attempt attempt, Instant deadline) const {
    client.customer->act(attempt, deadline);
    bool const good = attempt.outcome == record::Outcome::ok;
    if (attempt.finished == record::Offset::zero())
        attempt.finished = context_.offset(context_.clock->now());
    context_.sink->write(std::move(attempt));
    return good;
}

void Traffic::serve_grid(Client& client, std::stop_token const& stop) const {
    StreamPlan const& plan = client.stream.plan;
    for (std::int64_t number = client.index;; number += plan.clients) {
        Instant const due = client.grid + plan.offset + number * plan.period;
        if (!wait_for(client, due, stop)) return;
        Instant const started = context_.clock->now();
        record::Attempt one{.stream = client.stream.declared.id,
                            .number = number,
                            .due = context_.offset(due),
                            .started = context_.offset(started)};
        if (started - due <= plan.deadline) {
            static_cast<void>(attempt(client, std::move(one), started + plan.deadline));
            continue;
        }
        one.started = one.due;
        one.outcome = record::Outcome::failed;
        one.error = "unserved";
        one.detail = "no client of ours was free";
        one.finished = context_.offset(started);
        context_.sink->write(std::move(one));
    }
}

void Traffic::serve_closed(Client& client, std::stop_token const& stop) const {
    Clock const& clock = *context_.clock;
    // A server that refuses at once would be asked thousands of times a second for nothing.
    constexpr Duration pause_after_failure = std::chrono::milliseconds(10);
    Instant next = client.grid;
    while (wait_for(client, next, stop)) {
        Instant const started = clock.now();
        bool const good = attempt(client,
                                  {.stream = client.stream.declared.id,
                                   .number = client.stream.next_number++,
                                   .due = context_.offset(started),
                                   .started = context_.offset(started)},
                                  started + client.stream.plan.deadline);
        next = clock.now() + (good ? Duration::zero() : pause_after_failure);
    }
}

void Traffic::stop_customers() {
    // Workers last, or what was asked for in the last moments would be left undone.
    for (auto* threads : {&customer_threads_, &worker_threads_}) {
        for (std::jthread& thread : *threads) thread.request_stop();
        threads->clear();  // joins
    }
}

void Traffic::stop_observers() {
    for (std::jthread& thread : observer_threads_) thread.request_stop();
    observer_threads_.clear();  // joins
}

}  // namespace interregnum
