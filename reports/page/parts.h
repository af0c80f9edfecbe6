// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

/// The files that the page is made of, put into the program when it is built (embed.cmake).
namespace interregnum {

/// The chart library: dygraphs (MIT), taken from the system.
[[nodiscard]] std::string_view dygraphs_js();
[[nodiscard]] std::string_view dygraphs_css();
/// Ours: page.js draws the charts from the page's data, page.css styles all.
[[nodiscard]] std::string_view page_js();
[[nodiscard]] std::string_view page_css();

}  // namespace interregnum
