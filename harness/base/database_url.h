// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "harness/base/result.h"
#include "harness/base/secret.h"

/// Addresses of PostgreSQL databases as people write them: "postgresql://user@host:5432/name?...",
/// libpq's connection URI (PostgreSQL's manual, 34.1.1.2). libpq reads them; here is what must be
/// known of one before.
namespace interregnum {

/// Whether it has the scheme of one.
[[nodiscard]] bool is_database_url(std::string_view text);

/// The address without what must not be shown, in quotes: nothing behind "?" and no password.
[[nodiscard]] std::string shown_database_url(std::string const& url);

/// Refuses (`invalid`) one that holds a password, which every user of the machine could see. `what`
/// is whose address it is ("the results"), `instead` says where the password is to come from.
[[nodiscard]] Status without_password(std::string const& url, std::string_view what,
                                      std::string_view instead);

/// The database that it names; "" when it names none (then libpq takes the user's name).
[[nodiscard]] std::string database_name(std::string const& url);

/// With one more parameter, percent-encoded.
[[nodiscard]] std::string with_parameter(std::string const& url, std::string_view name,
                                         std::string_view value);

/// Every byte that is not a letter, a digit or one of "-._~" as %XX (RFC 3986, 2.1).
[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace interregnum
