// SPDX-License-Identifier: MIT
#include <map>
#include <string_view>

#include <fmt/format.h>

#include "harness/check.h"
#include "reports/attempt_text.h"
#include "reports/measures/final_tables.h"
#include "reports/proof.h"

/// A replica that streams, has replayed all that the leader wrote, and holds other rows. Customers
/// were gone and the replica had caught up when both were read, so any difference is one that
/// replication does not mend: a rewind that missed something, or a hand in the files.
namespace interregnum {
namespace {

using Rows = std::map<std::string, record::FinalRow const*>;

Rows by_token(FinalTable const& table) {
    Rows rows;
    for (auto const& row : table.rows) rows.emplace(row.token, &row);
    return rows;
}

std::string show(record::FinalRow const* row) {
    if (row == nullptr) return "nothing";
    return fmt::format("id {}{}", row->id, row->count == 1 ? "" : fmt::format(" x {}", row->count));
}

/// Kinds that differ from node to node: test writes go on while one after the other is read, and
/// files and replication slots are each node's own.
bool own_matter(std::string_view kind) {
    return kind == "canaries" || kind == "storage" || kind == "slots" || kind == "slots_before";
}

/// Adds each row that the two do not hold alike.
void compare(FinalTable const& leader, FinalTable const& replica, Proof& proof) {
    Rows ours = by_token(leader);
    auto const add = [&](std::string const& token, record::FinalRow const* one,
                         record::FinalRow const* other) {
        proof.add([&] {
            return fmt::format("{} {}: {} on {}, {} on {}", leader.kind, token, show(one),
                               leader.source, show(other), replica.source);
        });
    };
    for (auto const& [token, row] : by_token(replica)) {
        auto const same = ours.find(token);
        if (same == ours.end()) {
            add(token, nullptr, row);
            continue;
        }
        if (same->second->id != row->id || same->second->count != row->count)
            add(token, same->second, row);
        ours.erase(same);
    }
    for (auto const& [token, row] : ours) add(token, row, nullptr);
}

std::vector<Finding> check(record::Record const& record) {
    auto const tables = final_tables(record);
    struct Difference {
        std::string leader;
        Proof proof;
    };
    std::map<std::string, Difference> by_replica;
    for (FinalTable const& table : tables) {
        FinalTable const* const leader = leaders_table(tables, table.kind);
        if (table.role != "replica" || !table.complete || leader == nullptr) continue;
        if (own_matter(table.kind)) continue;
        Difference& here = by_replica[table.source];
        here.leader = leader->source;
        compare(*leader, table, here.proof);
    }
    std::vector<Finding> findings;
    for (auto& [replica, found] : by_replica) {
        if (found.proof.count() == 0) continue;
        findings.push_back(
            {.about = Class::safety,
             .verdict = Verdict::fail,
             .check = "diverged_replica",
             .sentence = fmt::format("replica {} holds other data than the leader {}, although it "
                                     "has replayed all of its WAL: {} differ",
                                     replica, found.leader, plural(found.proof.count(), "row")),
             .proof = found.proof.take()});
    }
    return findings;
}

RegisterCheck const registered{{.name = "diverged_replica",
                                .summary = "replicas hold the leader's rows, and no others",
                                .check = check}};

}  // namespace
}  // namespace interregnum
