// SPDX-License-Identifier: MIT
#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace interregnum::test {

/// Compares with tests/data/golden/`name`. With INTERREGNUM_UPDATE_GOLDEN=1 writes the file
/// instead; look at the difference before committing it.
inline void expect_golden(std::string const& name, std::string const& text) {
    std::string const path = std::string(TEST_DATA_DIR) + "/golden/" + name;
    char const* const update = std::getenv("INTERREGNUM_UPDATE_GOLDEN");
    if (update != nullptr && std::string(update) == "1") {
        std::ofstream(path, std::ios::binary) << text;
        return;
    }
    std::ifstream const file(path, std::ios::binary);
    ASSERT_TRUE(file) << path << " is missing: run with INTERREGNUM_UPDATE_GOLDEN=1";
    std::stringstream wanted;
    wanted << file.rdbuf();
    EXPECT_EQ(text, wanted.str()) << "differs from " << path;
}

}  // namespace interregnum::test
