// SPDX-License-Identifier: MIT
#include "harness/engine/traffic.h"

#include <sys/resource.h>

namespace interregnum {

namespace {

/// Time for all threads of a run to be up before the first attempt is due.
constexpr Duration head_start = std::chrono::milliseconds(200);

constexpr int niceness_of_customers = -10;
constexpr int niceness_of_observers = -5;

/// A customer that wakes late widens every error bar. Where we may (root), customers go before
/// whatever else runs on the controller, and observers come next; where not, they go with the rest.
void prefer_this_thread(int niceness) {
    // 0: the calling thread; a failure leaves it as it was, which is fine.
    static_cast<void>(::setpriority(PRIO_PROCESS, 0, niceness));
}

}  // namespace

Result<std::unique_ptr<Traffic>> Traffic::plan(std::vector<WorkloadItem> const& workload,
                                               ProbeContext const& context) {
    std::unique_ptr<Traffic> traffic(new Traffic(context));
    for (WorkloadItem const& item : workload) {
        auto plans = item.probe->streams(item.options, context);
        if (!plans) return fail_in(item.probe->name, plans.error());
        for (StreamPlan const& plan : *plans) {
            traffic->streams_.push_back(
                {.item = item,
                 .plan = plan,
                 .declared = {.id = static_cast<int>(traffic->streams_.size()) + 1,
                              .probe = std::string(item.probe->name),
                              .service = plan.service,
                              .entry = plan.entry.entry,
                              .connection = plan.connection,
                              .period = plan.period,
                              .deadline = plan.deadline,
                              .clients = plan.clients}});
        }
    }
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
    for (Stream const& stream : streams_) context_.sink->write(stream.declared);
    Instant const grid = context_.clock->now() + head_start;
    for (Stream const& stream : streams_) {
        for (int index = 0; index < stream.plan.clients; ++index) {
            customer_threads_.emplace_back(
                [this, &stream, index, grid](std::stop_token const& stop) {
                    serve(stream, index, grid, stop);
                });
        }
    }
}

void Traffic::serve(Stream const& stream, int index, Instant grid,
                    std::stop_token const& stop) const {
    prefer_this_thread(niceness_of_customers);
    auto const customer = stream.item.probe->customer(stream.item.options, context_,
                                                      stream.declared, stream.plan.entry, index);
    Clock& clock = *context_.clock;
    for (std::int64_t number = index;; number += stream.plan.clients) {
        Instant const due = grid + stream.plan.offset + number * stream.plan.period;
        if (!clock.sleep_until(due, stop)) return;
        Instant const started = clock.now();
        record::Attempt attempt{.stream = stream.declared.id,
                                .number = number,
                                .due = context_.offset(due),
                                .started = context_.offset(started)};
        if (started - due > stream.plan.deadline) {
            attempt.started = attempt.due;
            attempt.outcome = record::Outcome::failed;
            attempt.error = "unserved";
            attempt.detail = "no client of ours was free";
        } else {
            customer->act(attempt, started + stream.plan.deadline);
        }
        attempt.finished = context_.offset(clock.now());
        context_.sink->write(std::move(attempt));
    }
}

void Traffic::stop_customers() {
    for (std::jthread& thread : customer_threads_) thread.request_stop();
    customer_threads_.clear();  // joins
}

void Traffic::stop_observers() {
    for (std::jthread& thread : observer_threads_) thread.request_stop();
    observer_threads_.clear();  // joins
}

}  // namespace interregnum
