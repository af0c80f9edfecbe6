// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/lab/lab.h"
#include "probes/session/admin.h"
#include "tests/cluster/support/drill.h"
#include "tests/cluster/support/lab_context.h"

namespace interregnum::test {

/// A sink that keeps everything.
class Sightings final : public record::Sink {
public:
    void write(record::Event event) override {
        std::scoped_lock const lock(mutex_);
        events_.push_back(std::move(event));
    }
    template <class Kind>
    [[nodiscard]] std::vector<Kind> all() const {
        std::scoped_lock const lock(mutex_);
        std::vector<Kind> found;
        for (record::Event const& event : events_)
            if (auto const* one = std::get_if<Kind>(&event)) found.push_back(*one);
        return found;
    }

private:
    mutable std::mutex mutex_;
    std::vector<record::Event> events_;
};

/// Customers and stores on the lab that is up, called by hand.
class Probes : public testing::Test {
protected:
    void SetUp() override {
        if (running_lab()) expect_redundant_lab();
        auto found = lab_context();
        if (auto const* why = std::get_if<std::string>(&found)) GTEST_SKIP() << *why;
        context_ = std::get<ProbeContext>(std::move(found));
        context_.run_id = "probes-test";
        context_.clock = &clock_;
        context_.sink = &sink_;
        context_.origin = clock_.now();
    }

    void TearDown() override {
        if (context_.clock == nullptr) return;
        // Again and again, as a drill does: what waited for a lock of the test's may still be at
        // work.
        Instant const deadline = clock_.now() + std::chrono::seconds(30);
        Status dropped = store("shop").drop(context_, {});
        while (!dropped && clock_.now() < deadline) {
            clock_.sleep_for(std::chrono::seconds(1), {});
            dropped = store("shop").drop(context_, {});
        }
        EXPECT_TRUE(dropped) << dropped.error().message;
    }

    static StoreKind const& store(std::string_view name) {
        return *Registry<StoreKind>::find(name);
    }

    void prepare(std::int64_t quota, Options workload = {}) {
        workload.set("quota", quota);
        for (std::string_view const name : {"shop", "cache"}) {
            Status const made = store(name).prepare(context_, workload, {});
            ASSERT_TRUE(made.has_value()) << made.error().message;
        }
    }

    /// A customer of each stream that its options (the rest at their fallbacks) make.
    std::vector<std::unique_ptr<Customer>> customers(std::string_view name,
                                                     Options const& given = {}) {
        ProbeKind const& kind = *Registry<ProbeKind>::find(name);
        Options options = fallback_options(kind.options);
        for (auto const& [option, value] : given.all()) options.set(option, value);
        std::vector<std::unique_ptr<Customer>> all;
        plans_ = kind.streams(options, context_).value_or(std::vector<StreamPlan>{});
        EXPECT_FALSE(plans_.empty()) << name;
        for (StreamPlan const& plan : plans_)
            all.push_back(kind.customer(options, context_,
                                        {.id = ++streams_,
                                         .service = plan.service,
                                         .entry = plan.entry.entry,
                                         .connection = plan.connection,
                                         .deadline = plan.deadline},
                                        plan.entry, 0));
        return all;
    }

    record::Attempt act(Customer& customer, int stream, std::int64_t number) {
        record::Attempt attempt{.stream = stream, .number = number};
        Instant const start = clock_.now();
        customer.act(attempt, start + limit);
        took_ = clock_.now() - start;
        return attempt;
    }

    /// HAProxy takes every server for up until its checks have said otherwise, so right after a
    /// start it leads some clients to Redis replicas. Waits until none is, at most 30 s.
    void await_routing() {
        Instant const give_up = clock_.now() + std::chrono::seconds(30);
        auto const writers = customers("cache");
        constexpr int in_a_row = 10;
        for (int good = 0, number = 0; good < in_a_row; ++number) {
            bool all = true;
            for (auto const& writer : writers)
                all &= act(*writer, 99, number).outcome == record::Outcome::ok;
            good = all ? good + 1 : 0;
            ASSERT_LT(clock_.now(), give_up) << "HAProxy still leads to Redis replicas";
            ASSERT_TRUE(clock_.sleep_for(std::chrono::milliseconds(100), {}));
        }
    }

    std::string leader() {
        for (ProbeNode const& node : context_.nodes) {
            if (node.group != "db") continue;
            auto session = AdminSession::open(context_.postgres, node.address, node.postgres_port);
            if (!session) continue;
            auto const recovering = session->query("SELECT pg_is_in_recovery()");
            if (recovering && recovering->text(0, 0) == "f") return node.name;
        }
        return {};
    }

    std::vector<std::string> replicas(std::string const& leader) const {
        std::vector<std::string> names;
        for (ProbeNode const& node : context_.nodes)
            if (node.group == "db" && node.name != leader) names.push_back(node.name);
        return names;
    }

    /// The tokens that one source holds, with how often.
    std::map<std::string, std::int64_t> found(std::string_view kind, std::string_view source) {
        std::map<std::string, std::int64_t> tokens;
        for (record::FinalRows const& rows : sink_.all<record::FinalRows>())
            if (rows.kind == kind && (source.empty() || rows.source == source))
                for (record::FinalRow const& row : rows.rows) tokens[row.token] += row.count;
        return tokens;
    }

    static constexpr Duration limit = std::chrono::seconds(1);
    SteadyClock clock_;
    Sightings sink_;
    ProbeContext context_;
    Duration took_{};
    int streams_{};
    std::vector<StreamPlan> plans_;  ///< of the customers that were made last
};

}  // namespace interregnum::test
