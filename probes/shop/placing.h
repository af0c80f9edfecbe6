// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "probes/session/postgres.h"
#include "probes/shop/codes.h"

namespace interregnum::shop {

/// An order to be placed.
struct Wanted {
    std::string token;
    std::string channel;
    std::string_view item;
    int positions{1};
    std::string seat{};     ///< its number, or ""
    std::string voucher{};  ///< its number, or ""
};

/// How the statement is sent.
enum class Statement {
    unprepared,  ///< whole each time, as a transaction pooler needs it
    prepared,    ///< parsed once a connection
};

/// Places an order: draws a code, and another when the first is taken. One round trip but for
/// that (and one more on a new connection when prepared). A good ending without a row in `answer`
/// means that the shop's items are gone.
///
/// Outside a transaction a code that somebody else took at the same instant (23505) is drawn again
/// too: that the statement failed is certain. Inside one the transaction is over.
[[nodiscard]] Ending place(PostgresConnection& session, CodeBook& codes, Wanted const& order,
                           Statement statement, Instant deadline, SqlRows& answer);

}  // namespace interregnum::shop
