// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace interregnum {

/// Of a one-line apt sources file, the lines of Debian itself for this release ("bookworm", its
/// updates and security); other vendors' lists have no place in the image. Pure.
[[nodiscard]] std::string debian_lines(std::string_view list, std::string_view codename);

/// The same for a deb822 file: whole stanzas, without their comments. Pure.
[[nodiscard]] std::string debian_stanzas(std::string_view sources, std::string_view codename);

/// Of `apt-config dump`, what decides how packages are fetched (proxies, checks of dates,
/// retries), so that the image is fetched the way the host fetches. Pure.
[[nodiscard]] std::string fetch_options(std::string_view dump);

}  // namespace interregnum
