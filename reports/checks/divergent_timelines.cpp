// SPDX-License-Identifier: MIT
#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/units.h"
#include "harness/check.h"
#include "harness/record/wal_tail.h"
#include "reports/attempt_text.h"
#include "reports/expected.h"
#include "reports/measures/leadership.h"
#include "reports/measures/ledger.h"

/// What a leader that was replaced had written and its successor had not. A few records without a
/// customer's transaction are to be expected wherever a leader dies (hint bits, checkpoints, orders
/// that were never acknowledged): that is told. Acknowledged orders among them are lost.
namespace interregnum {
namespace {

using record::WalTail;

bool is_node(record::Record const& record, std::string_view server, std::string_view node) {
    if (server == node) return true;
    auto const found = std::ranges::find(record.run.nodes, node, &record::NodeInfo::name);
    return found != record.run.nodes.end() && found->address == server;
}

/// The tail that a lost order was in: that of the node that took it, in the last of its reigns that
/// had begun by then. Where the server is not known, that of the node that reigned.
WalTail const* tail_of(record::Record const& record, std::vector<WalTail> const& tails,
                       std::vector<Reign> const& reigns, record::Attempt const& lost) {
    Reign const* const reign = reign_at(reigns, lost.finished);
    std::string const& server = lost.server.empty() && reign != nullptr ? reign->node : lost.server;
    WalTail const* found = nullptr;
    for (WalTail const& tail : tails) {
        if (!is_node(record, server, tail.node)) continue;
        auto const began = std::ranges::find_if(reigns, [&](Reign const& one) {
            return one.node == tail.node && one.timeline == tail.timeline;
        });
        if (found == nullptr || (began != reigns.end() && began->not_before <= lost.finished))
            found = &tail;
    }
    return found;
}

std::vector<record::Attempt> acknowledged_in(record::Record const& record,
                                             std::vector<WalTail> const& tails,
                                             std::vector<Reign> const& reigns,
                                             std::vector<Ledger> const& ledgers,
                                             WalTail const& tail) {
    std::vector<record::Attempt> lost;
    for (Ledger const& ledger : ledgers) {
        if (!is_sale(ledger.kind)) continue;
        for (record::Attempt const& attempt : ledger.lost)
            if (tail_of(record, tails, reigns, attempt) == &tail) lost.push_back(attempt);
    }
    std::ranges::stable_sort(lost, {}, &record::Attempt::finished);
    return lost;
}

std::string transactions_text(WalTail const& tail) {
    if (tail.commits < 0) return "what is in it is not known";
    if (tail.commits == 0)
        return fmt::format("no transaction was committed in it ({})",
                           plural(tail.records, "record"));
    std::string const times =
        tail.commits == 1 ? tail.last_commit : tail.first_commit + " to " + tail.last_commit;
    return fmt::format(
        "{} committed in it, {} by its clock",
        tail.commits == 1 ? "1 transaction was" : format_count(tail.commits) + " transactions were",
        times);
}

std::string sentence_of(WalTail const& tail, std::optional<std::int64_t> bytes,
                        std::int64_t acknowledged) {
    std::string const begin =
        fmt::format("{} led timeline {} until {} took over", tail.node, tail.timeline, tail.next);
    std::string const unknown = tail.not_kept.empty() ? "" : ": " + tail.not_kept;
    // Patroni compares after the node's own recovery, which writes a checkpoint into a new file.
    bool const at_most = tail.end_from != "its WAL";
    std::string text =
        bytes ? fmt::format(
                    "{} at {}, and had written on to {}{}: {}{} bytes of WAL that {} has "
                    "not; {}",
                    begin, record::show_wal_position(tail.fork), at_most ? "at most " : "",
                    record::show_wal_position(tail.end), at_most ? "at most " : "",
                    format_count(*bytes), tail.next, transactions_text(tail))
              : fmt::format("{}; what it had written beyond that is not known{}", begin, unknown);
    if (acknowledged > 0)
        text += fmt::format("; {} that had been acknowledged {} lost with it",
                            plural(acknowledged, "order"), acknowledged == 1 ? "is" : "are");
    return text;
}

std::vector<std::string> proof_of(record::Record const& record, WalTail const& tail,
                                  std::vector<record::Attempt> const& lost) {
    std::vector<std::string> proof;
    if (!tail.kinds.empty()) {
        std::vector<std::string> kinds;
        for (auto const& [kind, count] : tail.kinds)
            kinds.push_back(fmt::format("{} {}", kind, format_count(count)));
        proof.push_back(fmt::format("records: {}", fmt::join(kinds, ", ")));
    }
    if (tail.end_from == "Patroni's log")
        proof.emplace_back("the end is what Patroni's log says: its recovery wrote some of that");
    if (!tail.segments.empty())
        proof.push_back(
            fmt::format("kept: logs/{}/wal/, {}", tail.node, fmt::join(tail.segments, ", ")));
    if (!tail.not_kept.empty() && tail.fork >= 0 && tail.end >= 0)
        proof.push_back("files not kept: " + tail.not_kept);
    for (std::string& line : describe_some(record, lost)) proof.push_back(std::move(line));
    return proof;
}

std::vector<Finding> check(record::Record const& record) {
    auto const tails = record::wal_tails(record);
    if (tails.empty()) return {};
    auto const ledgers = ledgers_of(record);
    auto const reigns = reigns_of(record);
    std::int64_t const total = lost_sales(ledgers);  // the limit is on all kinds together
    std::vector<Finding> findings;
    for (WalTail const& tail : tails) {
        auto const bytes = record::lost_bytes(tail);
        if (bytes == 0) continue;  // all that it had written went on: nothing diverged
        std::vector<record::Attempt> lost;
        if (tail.commits != 0) lost = acknowledged_in(record, tails, reigns, ledgers, tail);
        auto const count = static_cast<std::int64_t>(lost.size());
        findings.push_back(
            {.about = Class::durability,
             .verdict = lost.empty() ? Verdict::pass : unless_allowed(record, "lost", total),
             .check = "divergent_timelines",
             .sentence = sentence_of(tail, bytes, count),
             .proof = proof_of(record, tail, lost)});
    }
    return findings;
}

RegisterCheck const registered{
    {.name = "divergent_timelines",
     .summary = "what a replaced leader wrote after the fork held nothing acknowledged",
     .check = check}};

}  // namespace
}  // namespace interregnum
