// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/check.h"
#include "reports/attempt_text.h"
#include "reports/measures/final_tables.h"
#include "reports/measures/leadership.h"
#include "reports/proof.h"

/// Files of PostgreSQL that do not hold together in the end: an index without entries for rows that
/// are there, a page that cannot be read. Rows that a scan reads alike on all nodes may hide it.
namespace interregnum {
namespace {

using record::Offset;

/// What counts pages with a wrong checksum on a node, before and after; "" where it did not answer.
struct Failures {
    std::string before;
    std::string after;
};

/// The shop is made, and nodes are asked how they are, before the first customer comes.
Offset drill_begins(record::Record const& record) {
    Offset first = Offset::max();
    for (record::Attempt const& attempt : record.attempts) first = std::min(first, attempt.started);
    for (record::StepEvent const& step : record.steps) first = std::min(first, step.at);
    for (record::FaultEvent const& fault : record.faults) first = std::min(first, fault.at);
    return first;
}

std::map<std::string, Failures> checksum_failures(record::Record const& record) {
    constexpr std::string_view prefix = "checksum_failures.";
    std::map<std::string, Failures> by_node;
    Offset const begin = drill_begins(record);
    for (record::Fact const& fact : record.facts) {
        if (!fact.name.starts_with(prefix)) continue;
        Failures& failures = by_node[fact.name.substr(prefix.size())];
        (fact.at <= begin ? failures.before : failures.after) = fact.value;
    }
    return by_node;
}

/// Files are suspected where a node was rewound or copied anew.
bool files_were_replaced(record::Record const& record) {
    for (record::FaultEvent const& fault : record.faults)
        if (fault.kind == "patroni.reinitialize") return true;
    return leader_changes(reigns_of(record)) > 0;
}

void tell_what_is_not_known(record::Record const& record, std::vector<Finding>& findings) {
    std::vector<std::string> reasons;
    for (record::Fact const& fact : record.facts)
        if (fact.name == "storage_not_known") reasons.push_back(fact.value);
    if (reasons.empty() || !files_were_replaced(record)) return;
    findings.push_back({.about = Class::safety,
                        .verdict = Verdict::pass,
                        .check = "corrupt_storage",
                        .sentence = fmt::format("whether all indexes and tables of the shop hold "
                                                "together is not known ({}); `interregnum list "
                                                "grants` has what the check needs",
                                                fmt::join(reasons, "; ")),
                        .proof = {}});
}

std::vector<Finding> check(record::Record const& record) {
    std::vector<Finding> findings;
    auto const add = [&](std::string sentence, std::vector<std::string> proof,
                         Verdict verdict = Verdict::fail) {
        findings.push_back({.about = Class::safety,
                            .verdict = verdict,
                            .check = "corrupt_storage",
                            .sentence = std::move(sentence),
                            .proof = std::move(proof)});
    };
    for (FinalTable const& table : final_tables(record)) {
        if (table.kind != "storage" || table.rows.empty()) continue;
        Proof proof;
        for (record::FinalRow const& row : table.rows) proof.add([&] { return row.token; });
        add(fmt::format("files of {} are broken: amcheck found {} in the shop's indexes and tables",
                        table.source, plural(proof.count(), "fault")),
            proof.take());
    }
    for (auto const& [node, failures] : checksum_failures(record)) {
        // A server that crashed counts from 0 again.
        if (failures.after.empty() || failures.after == "0" || failures.after == failures.before)
            continue;
        bool const known = !failures.before.empty();
        add(fmt::format("{} read pages whose checksum is wrong: {} ({})", node, failures.after,
                        known ? failures.before + " before the drill"
                              : "it did not say how many there were before the drill"),
            {}, known ? Verdict::fail : Verdict::inconclusive);
    }
    tell_what_is_not_known(record, findings);
    return findings;
}

RegisterCheck const registered{
    {.name = "corrupt_storage",
     .summary = "indexes, tables and checksums hold together on each node",
     .check = check}};

}  // namespace
}  // namespace interregnum
