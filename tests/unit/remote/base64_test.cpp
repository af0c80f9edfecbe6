// SPDX-License-Identifier: MIT
#include "harness/remote/base64.h"

#include <gtest/gtest.h>

namespace interregnum {
namespace {

TEST(Base64, IsThatOfRfc4648) {
    // Section 10 of the RFC.
    EXPECT_EQ(base64_encode(""), "");
    EXPECT_EQ(base64_encode("f"), "Zg==");
    EXPECT_EQ(base64_encode("fo"), "Zm8=");
    EXPECT_EQ(base64_encode("foo"), "Zm9v");
    EXPECT_EQ(base64_encode("foobar"), "Zm9vYmFy");
    EXPECT_EQ(base64_encode("\xff\xfe\xfd"), "//79");
}

TEST(Base64, ReadsBackWhatItWrote) {
    std::string bytes;
    for (int i = 0; i < 300; ++i) {
        EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes) << i;
        bytes += static_cast<char>(i * 7);
    }
}

TEST(Base64, SkipsWhiteSpaceAndRefusesTheRest) {
    EXPECT_EQ(base64_decode("Zm9v\nYm Fy\r\n"), "foobar");
    EXPECT_EQ(base64_decode("Zg"), "f");
    for (char const* bad : {"Z", "Zm9v!", "Zg==Zg==", "Zg=", "====", "Zm9v="})
        EXPECT_EQ(base64_decode(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace interregnum
