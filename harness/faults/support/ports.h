// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/cluster/view.h"

namespace interregnum {

/// The words of a list in one text, "etcd, postgres": separated by commas or blanks.
[[nodiscard]] std::vector<std::string> words_of(std::string_view list);

/// The ports of services named in one text; "" gives none. Services: etcd (clients and peers),
/// postgres, patroni, redis, sentinel, entries (where customers dial). Never that of SSH.
[[nodiscard]] Result<std::vector<std::uint16_t>> ports_of(std::string_view services,
                                                          ServicePorts const& ports);

/// The names that `ports_of` knows, for options' texts.
inline constexpr std::string_view port_names =
    "etcd, postgres, patroni, redis, sentinel, entries (where customers dial)";

}  // namespace interregnum
