// SPDX-License-Identifier: MIT
#include "reports/measures/ledger.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

namespace interregnum {
namespace {

using record::Attempt;
using record::FinalRows;
using record::Outcome;
using record::Record;

// Rows of one kind from one side, by token.
struct Rows {
    std::unordered_map<std::string, std::int64_t> count;
    bool complete{};
    std::string source;
};

// What the leader (or Redis' master: any source that is no replica) holds.
Rows leader_rows(Record const& record, std::string_view kind) {
    Rows rows;
    for (FinalRows const& part : record.final_rows) {
        if (part.kind != kind || part.role == "replica") continue;
        rows.source = part.source;
        for (auto const& row : part.rows) rows.count[row.token] += row.count;
        rows.complete = rows.complete || part.last;
    }
    return rows;
}

// What any replica holds.
struct Elsewhere {
    std::set<std::string> tokens;
    bool complete{};  // of one replica at least
};

Elsewhere on_replicas(Record const& record, std::string_view kind) {
    Elsewhere found;
    for (FinalRows const& part : record.final_rows) {
        if (part.kind != kind || part.role != "replica") continue;
        for (auto const& row : part.rows) found.tokens.insert(row.token);
        found.complete = found.complete || part.last;
    }
    return found;
}

void enter(Ledger& ledger, Attempt const& attempt, Rows const& rows) {
    ++ledger.attempts;
    bool const present = rows.complete && rows.count.contains(attempt.token);
    switch (attempt.outcome) {
        case Outcome::ok:
            ++ledger.acknowledged;
            if (rows.complete && !present) ledger.lost.push_back(attempt);
            break;
        case Outcome::failed:
            ++ledger.failed;
            // Without a token it never began to write.
            if (present && !attempt.token.empty()) ledger.ghosts.push_back(attempt);
            break;
        case Outcome::unknown:
            ++ledger.unknown;
            if (rows.complete) ++(present ? ledger.unknown_present : ledger.unknown_absent);
            break;
    }
}

void close(Ledger& ledger, Record const& record, Rows const& rows) {
    ledger.complete = rows.complete;
    ledger.source = rows.source;
    if (!rows.complete) return;
    for (auto const& [token, count] : rows.count)
        if (count > 1) ledger.doubled.push_back({.token = token, .rows = count});
    std::ranges::sort(ledger.doubled, {}, &Doubled::token);
    std::ranges::stable_sort(ledger.lost, {}, &Attempt::finished);
    if (ledger.lost.empty()) return;
    auto const elsewhere = on_replicas(record, ledger.kind);
    ledger.replicas_read = elsewhere.complete;
    for (Attempt const& attempt : ledger.lost)
        if (elsewhere.tokens.contains(attempt.token)) ledger.on_replicas.push_back(attempt.token);
}

}  // namespace

std::string kind_of(record::StreamDeclared const& stream) {
    switch (stream.service) {
        case record::Service::write:
            return "orders";
        case record::Service::ticket:
            return "tickets";
        case record::Service::cache:
            return "cache";
        case record::Service::cart:
            return "carts";
        case record::Service::voucher:
            return "vouchers";
        case record::Service::read:
        case record::Service::task:
        case record::Service::http:
            break;
    }
    return {};
}

bool is_sale(std::string_view kind) {
    return kind == "orders" || kind == "tickets" || kind == "vouchers";
}

std::int64_t lost_sales(std::vector<Ledger> const& ledgers) {
    std::int64_t lost = 0;
    for (Ledger const& ledger : ledgers)
        if (is_sale(ledger.kind)) lost += static_cast<std::int64_t>(ledger.lost.size());
    return lost;
}

std::vector<Ledger> ledgers_of(Record const& record) {
    std::vector<Ledger> ledgers;
    std::vector<Rows> rows;
    std::map<int, std::size_t> by_stream;
    for (auto const& stream : record.streams) {
        std::string const kind = kind_of(stream);
        if (kind.empty()) continue;
        auto const found = std::ranges::find(ledgers, kind, &Ledger::kind);
        by_stream[stream.id] = static_cast<std::size_t>(found - ledgers.begin());
        if (found != ledgers.end()) continue;
        ledgers.push_back({.kind = kind});
        rows.push_back(leader_rows(record, kind));
    }
    for (Attempt const& attempt : record.attempts) {
        auto const found = by_stream.find(attempt.stream);
        if (found != by_stream.end()) enter(ledgers[found->second], attempt, rows[found->second]);
    }
    for (std::size_t i = 0; i < ledgers.size(); ++i) close(ledgers[i], record, rows[i]);
    return ledgers;
}

Ledger const* find_ledger(std::vector<Ledger> const& ledgers, std::string_view kind) {
    auto const found = std::ranges::find(ledgers, kind, &Ledger::kind);
    return found == ledgers.end() ? nullptr : &*found;
}

}  // namespace interregnum
