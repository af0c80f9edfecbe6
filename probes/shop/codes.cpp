// SPDX-License-Identifier: MIT
#include "probes/shop/codes.h"

namespace interregnum::shop {

CodeBook::CodeBook(std::uint64_t seed, std::uint64_t who) {
    std::seed_seq mixed{seed, seed >> 32U, who, who >> 32U};
    random_.seed(mixed);
}

std::string CodeBook::draw() {
    std::uniform_int_distribution<std::size_t> letter(0, code_letters.size() - 1);
    std::string code(code_length, 'A');
    for (char& each : code) each = code_letters[letter(random_)];
    return code;
}

std::int64_t CodeBook::pick(std::int64_t limit) {
    return std::uniform_int_distribution<std::int64_t>(1, limit)(random_);
}

}  // namespace interregnum::shop
