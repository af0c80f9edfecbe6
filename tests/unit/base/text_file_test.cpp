// SPDX-License-Identifier: MIT
#include "harness/base/text_file.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/unit/support/temp_folder.h"

namespace interregnum {
namespace {

TEST(TextFile, ReadsUpToItsLimit) {
    test::TempFolder const folder;
    std::string const path = folder / "text";
    std::ofstream(path) << "12345";
    EXPECT_EQ(read_text_file(path, 5).value(), "12345");
    auto const over = read_text_file(path, 4);
    ASSERT_FALSE(over);
    EXPECT_EQ(over.error().kind, Error::Kind::invalid);
    EXPECT_EQ(over.error().message, path + ": larger than 4 bytes, the limit here");
    std::filesystem::remove(path);
    auto const gone = read_text_file(path, 5);
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().kind, Error::Kind::not_found);
    EXPECT_EQ(gone.error().message, path + ": there is no such file");
}

TEST(TextFile, WhatCouldBlockOrNeverEndIsRefused) {
    EXPECT_EQ(read_text_file("/dev/zero", 5).error().message, "/dev/zero: not a regular file");
    EXPECT_EQ(read_text_file("/tmp", 5).error().message, "/tmp: not a regular file");
}

}  // namespace
}  // namespace interregnum
