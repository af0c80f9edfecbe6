// SPDX-License-Identifier: MIT
#include <array>
#include <string>

#include <arpa/inet.h>

#include "harness/cluster/inventory.h"

namespace interregnum {

namespace {

constexpr std::string_view lower_digits = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view letters_digits =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

bool is_address(std::string_view text) {
    // inet_pton would stop at a NUL and never see what is behind it.
    if (text.size() >= INET6_ADDRSTRLEN || text.contains('\0')) return false;
    std::string const terminated(text);
    std::array<unsigned char, sizeof(in6_addr)> unused{};
    return inet_pton(AF_INET, terminated.c_str(), unused.data()) == 1 ||
           inet_pton(AF_INET6, terminated.c_str(), unused.data()) == 1;
}

/// One part of a host name between dots (RFC 1123).
bool is_label(std::string_view label) {
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           label.find_first_not_of(std::string(letters_digits) + "-_") == std::string_view::npos;
}

bool is_host_name(std::string_view text) {
    if (text.empty() || text.size() > 253) return false;
    // Digits and dots only is an address gone wrong, such as 10.0.0.256.
    if (text.find_first_not_of("0123456789.") == std::string_view::npos) return false;
    while (true) {
        std::size_t const dot = text.find('.');
        if (!is_label(text.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        text.remove_prefix(dot + 1);
    }
}

}  // namespace

bool is_node_name(std::string_view text) {
    return !text.empty() && text.size() <= 63 &&
           lower_digits.find(text.front()) != std::string_view::npos &&
           text.find_first_not_of(std::string(lower_digits) + "-.") == std::string_view::npos;
}

bool is_host(std::string_view text) { return is_address(text) || is_host_name(text); }

}  // namespace interregnum
