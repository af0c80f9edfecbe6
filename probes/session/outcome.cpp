// SPDX-License-Identifier: MIT
#include "probes/session/outcome.h"

#include <algorithm>
#include <array>
#include <span>

namespace interregnum {
namespace {

using record::Outcome;

struct Rule {
    std::string_view prefix;  ///< of a SQLSTATE, or the first word of a Redis error
    Outcome outcome;          ///< for a statement that commits
    std::string_view error;
};

// First match wins. Sources: the SQLSTATE lists of PostgreSQL's appendix A; which of them leave a
// commit open: PostgreSQL raises 57P01 and 57P02 at any moment of a session's life, and class 08
// comes from a proxy that lost the server. 40003 says "completion unknown" in so many words.
constexpr std::array sql_rules{
    Rule{"57P01", Outcome::unknown, "shutdown"},
    Rule{"57P02", Outcome::unknown, "shutdown"},
    Rule{"57P03", Outcome::failed, "starting_up"},
    Rule{"57P05", Outcome::unknown, "shutdown"},
    Rule{"57014", Outcome::failed, "cancelled"},
    Rule{"08", Outcome::unknown, "connection_lost"},
    Rule{"40003", Outcome::unknown, "server_error"},
    Rule{"40001", Outcome::failed, "serialization"},
    Rule{"40P01", Outcome::failed, "deadlock"},
    Rule{"25006", Outcome::failed, "read_only"},
    Rule{"53300", Outcome::failed, "too_many_connections"},
    Rule{"53100", Outcome::failed, "disk_full"},
    Rule{"55P03", Outcome::failed, "lock_timeout"},
    Rule{"28", Outcome::failed, "auth_failed"},
    Rule{"23", Outcome::failed, "constraint"},
};

// An error reply of Redis is sent instead of running the command.
constexpr std::array redis_rules{
    Rule{"READONLY", Outcome::failed, "read_only"},
    Rule{"LOADING", Outcome::failed, "starting_up"},
    Rule{"MASTERDOWN", Outcome::failed, "master_down"},
    Rule{"NOREPLICAS", Outcome::failed, "no_replicas"},
    Rule{"OOM", Outcome::failed, "out_of_memory"},
    Rule{"MISCONF", Outcome::failed, "disk_full"},
    Rule{"BUSY", Outcome::failed, "busy"},
    Rule{"NOAUTH", Outcome::failed, "auth_failed"},
    Rule{"WRONGPASS", Outcome::failed, "auth_failed"},
    Rule{"NOPERM", Outcome::failed, "auth_failed"},
    Rule{"UNBLOCKED", Outcome::failed, "role_changed"},
    Rule{"ERR max number of clients", Outcome::failed, "too_many_connections"},
};

Rule const* match(std::span<Rule const> rules, std::string_view text) {
    auto const found = std::ranges::find_if(
        rules, [text](Rule const& rule) { return text.starts_with(rule.prefix); });
    return found == rules.end() ? nullptr : &*found;
}

/// Of a session that never came to be.
std::string_view connect_trouble(EndCause cause) {
    switch (cause) {
        case EndCause::refused:
            return "connect_refused";
        case EndCause::unreachable:
            return "connect_unreachable";
        case EndCause::deadline:
            return "connect_timeout";
        case EndCause::closed:
            return "connect_closed";
        case EndCause::protocol:
            return "protocol";
        case EndCause::none:
        case EndCause::server:
            break;
    }
    return "server_error";
}

/// Of a request that was sent or was about to be.
std::string_view request_trouble(EndCause cause) {
    switch (cause) {
        case EndCause::deadline:
            return "timeout";
        case EndCause::protocol:
            return "protocol";
        case EndCause::server:
        case EndCause::none:
            return "server_error";
        case EndCause::refused:
        case EndCause::unreachable:
        case EndCause::closed:
            break;
    }
    return "connection_lost";
}

/// An answer that is an error, from a server that had a session.
OutcomeClass judge_error_answer(Ending const& ending) {
    // A PANIC is of a server that could go neither on nor back: where it had no room for the next
    // WAL segment (53100), the commit's own record may be on the disk already, and is replayed.
    bool const panic = ending.severity == "PANIC";
    if (Rule const* rule = match(sql_rules, ending.sqlstate); rule != nullptr)
        return {panic ? Outcome::unknown : rule->outcome, rule->error};
    bool const definite = ending.severity == "ERROR";
    return {definite ? Outcome::failed : Outcome::unknown, "server_error"};
}

}  // namespace

OutcomeClass judge_sql(Ending const& ending, StatementKind kind) {
    if (ending.phase == RequestPhase::connecting) {
        Rule const* rule = match(sql_rules, ending.sqlstate);
        bool const named = ending.cause == EndCause::server && rule != nullptr;
        return {Outcome::failed, named ? rule->error : connect_trouble(ending.cause)};
    }
    if (ending.phase == RequestPhase::unsent)
        return {Outcome::failed, request_trouble(ending.cause)};
    // Before COMMIT was sent the transaction ends in a rollback, whatever else happened.
    bool const rolled_back = kind == StatementKind::in_transaction;
    if (ending.sync_wait_cancelled) return {Outcome::unknown, "sync_wait_cancelled"};
    if (ending.cause == EndCause::none) return {};
    OutcomeClass judged{Outcome::unknown, request_trouble(ending.cause)};
    if (ending.cause == EndCause::server) judged = judge_error_answer(ending);
    if (rolled_back) judged.outcome = Outcome::failed;
    return judged;
}

OutcomeClass judge_redis(Ending const& ending) {
    Rule const* rule =
        ending.cause == EndCause::server ? match(redis_rules, ending.detail) : nullptr;
    if (rule != nullptr) return {rule->outcome, rule->error};
    if (ending.phase == RequestPhase::connecting)
        return {Outcome::failed, connect_trouble(ending.cause)};
    if (ending.phase == RequestPhase::unsent)
        return {Outcome::failed, request_trouble(ending.cause)};
    if (ending.cause == EndCause::none) return {};
    if (ending.cause == EndCause::server) return {Outcome::failed, "server_error"};
    return {Outcome::unknown, request_trouble(ending.cause)};
}

void fill_attempt(record::Attempt& attempt, Ending const& ending, OutcomeClass judgement) {
    constexpr std::size_t detail_limit = 200;
    attempt.outcome = judgement.outcome;
    attempt.error = judgement.error;
    attempt.sqlstate = ending.sqlstate;
    attempt.detail.clear();
    if (judgement.outcome == Outcome::ok) return;
    std::string_view const line = std::string_view(ending.detail);
    attempt.detail = line.substr(0, std::min(line.find('\n'), detail_limit));
    // A cut through a UTF-8 character would make the record's line invalid JSON.
    auto const broken = [](unsigned char byte) { return byte < 0x20 || byte >= 0x7F; };
    std::ranges::replace_if(attempt.detail, broken, '?');
}

StateInMessage state_in_message(std::string_view message) {
    constexpr std::size_t state_length = 5;
    std::string_view const line = message.substr(0, message.find('\n'));
    auto const state_char = [](char each) {
        return (each >= '0' && each <= '9') || (each >= 'A' && each <= 'Z');
    };
    // "SEVERITY:  SQLSTATE: text": two blanks follow the severity only.
    for (std::size_t at = line.find(":  "); at != std::string_view::npos;
         at = line.find(":  ", at + 1)) {
        std::string_view const state = line.substr(at + 3, state_length);
        if (state.size() != state_length || !std::ranges::all_of(state, state_char)) continue;
        if (!line.substr(at + 3 + state_length).starts_with(": ")) continue;
        std::size_t const blank = line.rfind(' ', at);
        std::size_t const from = blank == std::string_view::npos ? 0 : blank + 1;
        return {std::string(state), std::string(line.substr(from))};
    }
    return {"", std::string(line)};
}

bool is_sync_wait_cancelled(std::string_view sqlstate, std::string_view text,
                            std::string_view source_function) {
    if (source_function == "SyncRepWaitForLSN") return true;
    // 01000: cancelled by a user or a timeout. 57P01: the server is being shut down while waiting.
    if (sqlstate == "01000")
        return text.find("canceling wait for synchronous replication") != std::string_view::npos;
    return sqlstate == "57P01" &&
           text.find("canceling the wait for synchronous replication") != std::string_view::npos;
}

}  // namespace interregnum
