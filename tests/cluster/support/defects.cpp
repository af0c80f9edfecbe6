// SPDX-License-Identifier: MIT
#include "tests/cluster/support/defects.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/lab/defect.h"
#include "tests/cluster/support/drill.h"

namespace interregnum::test {
namespace {

// What may fail beside a row's own check, and why:
// - Orders that are lost are in WAL that the new leader has not (divergent_timelines). They take
//   their numbers along, and the next customers are given them again (reissued_ids); who had seen
//   them sees them no more (seen_then_gone); a seat or ticket whose first row is gone is sold again
//   (oversold_...). With an order its voucher's use is gone too.
// - Two leaders take orders apart from each other; those of one are lost in the end, and both give
//   out the same numbers.
// - Without a lock on the quota there is none on the seat.
// - Who was told that an order failed, since the second try did, may have made it with the first.
// - Rows that were edited in their table are not what its indexes have.
// - A replica that nobody waits for may have an order, and show it, before the one has it that its
//   customer waits for. If that one takes over, what was shown is gone (PostgreSQL's own: readers
//   do not wait for the commit's other copies). Seen without any defect, and true.
// - A Redis master that is cut off and its successor count fencing tokens each for itself, however
//   many replicas a master wants.
std::set<std::string> const lost_with_the_leader{
    "divergent_timelines", "reissued_ids", "seen_then_gone", "oversold_quota", "oversold_seats"};
std::set<std::string> const two_leaders{"lost_orders",    "divergent_timelines", "reissued_ids",
                                        "seen_then_gone", "oversold_quota",      "oversold_seats",
                                        "ghost_orders"};

std::string name_of(DefectRow const& row, bool defective) {
    return defective ? row.defect : row.defect + " (off)";
}

}  // namespace

std::vector<DefectRow> const& defect_rows() {
    static std::vector<DefectRow> const rows{
        {"async_lag", "lost_orders", lost_with_the_leader, {}, "sync_wait_as_success"},
        {"double_buy", "duplicated_orders", {"ghost_orders"}},
        {"edited_replica", "diverged_replica", {"corrupt_storage"}, {}, "patroni_hung"},
        {"lock_without_fence", "broken_fences", {}},
        {"lost_update", "oversold_vouchers", {}},
        {"patroni_hung", "split_brain", two_leaders},
        {"promoted_by_hand", "split_brain", two_leaders, {}, "patroni_hung"},
        {"quota_without_lock", "oversold_quota", {"oversold_seats"}},
        {"redis_no_min_replicas", "lost_carts", {"broken_fences"}, {"broken_fences"}},
        {"sequence_restored", "sequence_set_back", {}, {}, "patroni_hung"},
        {"stale_purchase", "oversold_quota", {"oversold_seats"}},
        {"sync_off_role", "lost_orders", lost_with_the_leader, {}, "sync_wait_as_success"},
        {"sync_wait_as_success", "lost_orders", lost_with_the_leader, {"seen_then_gone"}},
        {"tasks_acked_early", "lost_tasks", {}},
    };
    return rows;
}

DefectRow const& defect_row(std::string const& defect) {
    return *std::ranges::find(defect_rows(), defect, &DefectRow::defect);
}

bool is_of_the_shop(DefectRow const& row) {
    Defect const& defect = *Registry<Defect>::find(row.defect);
    return defect.settings.empty() && defect.sql.empty() && defect.job.empty();
}

void lab_for_shops(std::vector<std::string> const& more) {
    LocalResult const down = call({"lab", "down"});
    ASSERT_EQ(down.exit_status, 0) << down.out << down.err;
    // Quick to fail over; synchronous, with a standby that may lead after some seconds without the
    // leader's WAL; and no Redis master without a replica.
    std::vector<std::string> words{"lab", "up"};
    for (char const* set :
         {"patroni.ttl=20", "patroni.loop_wait=5", "patroni.retry_timeout=5",
          "patroni.maximum_lag_on_failover=16MiB", "patroni.synchronous_mode=true",
          "patroni.synchronous_mode_strict=true", "redis.min_replicas_to_write=1",
          "redis.min_replicas_max_lag=2s", "redis.down_after=5s"}) {
        words.emplace_back("--set");
        words.emplace_back(set);
    }
    words.insert(words.end(), more.begin(), more.end());
    LocalResult const up = call(words);
    ASSERT_EQ(up.exit_status, 0) << up.out << up.err;
}

void heal_lab_for_shops(std::vector<std::string> const& more) {
    LocalResult const healed = call({"heal", "--all", "--inventory", "lab"});
    if (healed.exit_status == 0) return;
    std::printf("the lab was broken, and is made anew:\n%s%s", healed.out.c_str(),
                healed.err.c_str());
    lab_for_shops(more);
}

Failed try_defect(DefectRow const& row, bool defective, std::uint64_t seed) {
    RunsFolder const runs;
    std::string const drill = std::string(SOURCE_DIR) + "/tests/data/defects/" + row.defect;
    std::vector<std::string> words{"run",    drill + ".json",      "--inventory", "lab",
                                   "--seed", std::to_string(seed), "--out",       runs.path()};
    // Of customers that no defect is about some are enough: where drills share two processors with
    // the cluster, a login a customer is most of the work.
    for (char const* set : {"workload.reads.rate=5/s", "workload.cache.rate=5/s"}) {
        words.emplace_back("--set");
        words.emplace_back(set);
    }
    Defect const& defect = *Registry<Defect>::find(row.defect);
    if (defective && !defect.bug.empty()) {
        words.emplace_back("--set");
        words.push_back(fmt::format("workload.{}.bug={}", defect.customer, defect.bug));
    }
    LocalResult const result = call(words);
    std::string const where = fmt::format("{}, seed {}: ", name_of(row, defective), seed);
    auto const summary =
        nlohmann::json::parse(read_file(runs.only_run() + "/summary.json"), nullptr, false);
    if (!summary.is_object()) {
        ADD_FAILURE() << where << "no summary\n" << result.out << result.err;
        return {};
    }
    // The record is all that the checks have: the defect's name is not in it.
    std::string const record = read_file(runs.only_run() + "/record.jsonl");
    EXPECT_FALSE(record.contains("\"bug\"")) << where;
    Failed failed;
    for (auto const& finding : summary.at("findings")) {
        bool const of_data = finding.at("class") == "durability" || finding.at("class") == "safety";
        if (!of_data || finding.at("verdict") != "fail") continue;
        auto const check = finding.at("check").get<std::string>();
        failed[check] += std::max<std::size_t>(1, finding.at("proof").size());
        std::printf("%s%s: %s\n", where.c_str(), check.c_str(),
                    finding.at("sentence").get<std::string>().c_str());
        for (auto const& line : finding.at("proof"))
            std::printf("    %s\n", line.get<std::string>().c_str());
    }
    EXPECT_EQ(failed.contains(row.check), defective) << where << result.out << result.err;
    std::set<std::string> const& may = defective ? row.besides : row.always;
    for (auto const& [check, proof] : failed)
        EXPECT_TRUE(check == row.check || may.contains(check))
            << where << check << " should be silent\n"
            << result.out;
    return failed;
}

void print_row(DefectRow const& row, bool defective, std::vector<Failed> const& drills) {
    std::map<std::string, int> times;
    for (Failed const& failed : drills)
        for (auto const& [check, proof] : failed) ++times[check];
    std::string line = fmt::format("{:<28} {:<18} {}/{}", name_of(row, defective), row.check,
                                   times[row.check], drills.size());
    times.erase(row.check);
    for (auto const& [check, number] : times) line += fmt::format("  ({} {})", check, number);
    std::printf("%s\n", line.c_str());
    if (char const* const file = std::getenv("INTERREGNUM_DETECTIONS"))
        std::ofstream(file, std::ios::app) << line << '\n';
}

}  // namespace interregnum::test
