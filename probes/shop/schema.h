// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// The synthetic ticket shop in PostgreSQL: a schema of its own, in the manner of pretix: event,
/// items, quotas that cover items, carts that expire, vouchers, seats, orders with codes,
/// positions, payments, and a transaction row for each financial change. Availability is computed,
/// never counted down. What customers say is in purchase.h, what is read in the end in
/// final_reads.h.
namespace interregnum::shop {

/// Written on the schema as its comment. A schema of our name without it is somebody else's.
inline constexpr std::string_view ours = "interregnum: made and dropped by failover drills";

/// What the fixed rows are numbered, so that customers need not look them up.
inline constexpr std::int64_t voucher_quota = 2;

/// The item that no quota covers (orders), and the one that is sold against vouchers only.
inline constexpr std::string_view free_item = "1";
inline constexpr std::string_view voucher_item = "3";

/// What is sold of the performances, which are events and count from 1: an item with seats under a
/// quota of its own. Those of the first have numbers beside the fixed ones.
inline constexpr std::int64_t numbers_of_more = 100;
[[nodiscard]] constexpr std::int64_t ticket_quota(std::int64_t performance) {
    return performance == 1 ? 1 : numbers_of_more + performance;
}
[[nodiscard]] constexpr std::int64_t ticket_item(std::int64_t performance) {
    return performance == 1 ? 2 : numbers_of_more + performance;
}

/// The quotas' names in reports; of further performances with their number: "drill 2".
inline constexpr std::string_view quota_name = "drill";
inline constexpr std::string_view voucher_quota_name = "vouchers";

/// How big the shop is. Vouchers block the quota of their item until they are redeemed, and that
/// quota has room for just them: at any instant none of it is free.
struct ShopSize {
    std::int64_t tickets{500};  ///< in the quota of each performance; as many seats
    std::int64_t performances{1};
    std::int64_t vouchers{};  ///< 0: neither vouchers nor their quota
    std::int64_t max_usages{1};
};

/// Whether the schema is absent (no row), ours, or somebody else's: one row of its comment.
inline constexpr std::string_view find_schema =
    "SELECT coalesce(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace "
    "WHERE nspname = 'interregnum'";

inline constexpr std::string_view drop_schema = "DROP SCHEMA IF EXISTS interregnum CASCADE";

/// Everything, as one transaction: dropped first, so that what a broken run left is replaced.
///
/// A token is not unique in the table, so that an order that was doubled shows; a code is, as in
/// any shop.
[[nodiscard]] std::string create_schema(ShopSize const& size);

}  // namespace interregnum::shop
