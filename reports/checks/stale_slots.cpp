// SPDX-License-Identifier: MIT
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/check.h"
#include "reports/measures/final_tables.h"

/// Replication slots in the end. One that lost the WAL it needs: its reader must be made anew. One
/// that nobody reads keeps WAL until the disk is full. As it was before the drill is no news.
namespace interregnum {
namespace {

/// "inactive", "db3 (physical)" of "inactive db3 (physical)".
std::pair<std::string, std::string> split(std::string const& token) {
    std::size_t const space = token.find(' ');
    if (space == std::string::npos) return {token, ""};
    return {token.substr(0, space), token.substr(space + 1)};
}

struct Before {
    std::map<std::string, std::string> on_node;  ///< slot: its state
    bool active{};
};

/// By slot, whichever node had it: they move with the leader.
std::map<std::string, Before> slots_before(std::vector<FinalTable> const& tables) {
    std::map<std::string, Before> slots;
    for (FinalTable const& table : tables) {
        if (table.kind != "slots_before") continue;
        for (record::FinalRow const& row : table.rows) {
            auto const [state, slot] = split(row.token);
            Before& before = slots[slot];
            before.on_node[table.source] = state;
            before.active = before.active || state == "active";
        }
    }
    return slots;
}

Finding finding(Class about, Verdict verdict, std::string sentence) {
    return {.about = about,
            .verdict = verdict,
            .check = "stale_slots",
            .sentence = std::move(sentence),
            .proof = {}};
}

void judge(FinalTable const& table, record::FinalRow const& row, Before const& before,
           std::vector<Finding>& findings) {
    auto const [state, slot] = split(row.token);
    auto const was = before.on_node.find(table.source);
    // A copy of a slot, kept for the day its node leads, had no reader before; the slot itself, on
    // the leader of then, may have had one.
    bool const lost_reader = state == "inactive" && before.active;
    bool const no_news = was != before.on_node.end() && was->second == state && !lost_reader;
    if (no_news || state == "active") return;
    if (state == "lost") {
        findings.push_back(finding(Class::durability, Verdict::fail,
                                   fmt::format("replication slot {} on {} lost WAL that its reader "
                                               "had not read: the reader must be made anew",
                                               slot, table.source)));
        return;
    }
    // Patroni and PostgreSQL keep slots on standbys for the day they lead; nobody reads those.
    if (table.role != "leader" || row.id <= 0) return;
    std::string const retained = fmt::format("{} bytes of WAL", format_count(row.id));
    if (state == "unreserved")
        findings.push_back(finding(Class::durability, Verdict::pass,
                                   fmt::format("replication slot {} on {} is about to lose WAL: it "
                                               "retains {}, more than it may",
                                               slot, table.source, retained)));
    else
        findings.push_back(
            finding(Class::availability, before.active ? Verdict::fail : Verdict::pass,
                    fmt::format("replication slot {} on {} has no reader{} and "
                                "retains {}: in the end the disk is full",
                                slot, table.source,
                                before.active ? ", as it had before the drill," : "", retained)));
}

std::vector<Finding> check(record::Record const& record) {
    auto const tables = final_tables(record);
    auto const before = slots_before(tables);
    std::vector<Finding> findings;
    for (FinalTable const& table : tables) {
        if (table.kind != "slots") continue;
        for (record::FinalRow const& row : table.rows) {
            auto const known = before.find(split(row.token).second);
            judge(table, row, known == before.end() ? Before{} : known->second, findings);
        }
    }
    return findings;
}

RegisterCheck const registered{
    {.name = "stale_slots",
     .summary = "no replication slot lost WAL, or retains it for a reader that is gone",
     .check = check}};

}  // namespace
}  // namespace interregnum
