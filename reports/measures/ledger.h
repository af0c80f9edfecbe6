// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/record/event.h"

/// What customers were told against what is there: attempts joined with the final rows by token.
namespace interregnum {

/// A row that is there more than once.
struct Doubled {
    std::string token;
    std::int64_t rows{};
};

/// The books of one kind of row.
struct Ledger {
    std::string kind;  ///< "orders", "tickets", "vouchers", "cache", "carts"
    std::int64_t attempts{};
    std::int64_t acknowledged{};
    std::int64_t failed{};
    std::int64_t unknown{};
    /// The leader's final read is there and complete; else the members below say nothing.
    bool complete{};
    std::string source;                    ///< the leader that was read
    std::vector<record::Attempt> lost;     ///< acknowledged, not there; by `finished`
    std::vector<std::string> on_replicas;  ///< tokens of `lost` that a replica still has
    bool replicas_read{};                  ///< of one at least all was read; of losses only
    std::vector<record::Attempt> ghosts;   ///< failed for certain, yet there
    std::vector<Doubled> doubled;          ///< there more than once
    std::int64_t unknown_present{};
    std::int64_t unknown_absent{};
};

/// The kind of row that a stream's attempts write, or "" for reads.
[[nodiscard]] std::string kind_of(record::StreamDeclared const& stream);

/// Whether rows of this kind are orders in PostgreSQL, whose loss is the loss of a sale. The other
/// kinds are in Redis, which answers before it replicates: losses there are counted on their own.
[[nodiscard]] bool is_sale(std::string_view kind);

/// How many acknowledged sales are lost, of all kinds together.
[[nodiscard]] std::int64_t lost_sales(std::vector<Ledger> const& ledgers);

/// One ledger for each kind that the record's streams write, in order of declaration.
[[nodiscard]] std::vector<Ledger> ledgers_of(record::Record const& record);

/// The ledger of a kind, or nullptr.
[[nodiscard]] Ledger const* find_ledger(std::vector<Ledger> const& ledgers, std::string_view kind);

}  // namespace interregnum
