// SPDX-License-Identifier: MIT
#include "harness/base/database_url.h"

#include <gtest/gtest.h>

namespace interregnum {
namespace {

TEST(DatabaseUrl, IsKnownByItsScheme) {
    EXPECT_TRUE(is_database_url("postgresql://db/shop"));
    EXPECT_TRUE(is_database_url("postgres://db/shop"));
    EXPECT_FALSE(is_database_url("results.sqlite"));
    EXPECT_FALSE(is_database_url("mysql://db/shop"));
}

TEST(DatabaseUrl, IsShownWithoutWhatMustNotBeSeen) {
    EXPECT_EQ(shown_database_url("postgresql://shop@db:5432/shop?sslmode=require"),
              "\"postgresql://shop@db:5432/shop\"");
    EXPECT_EQ(shown_database_url("postgresql://shop:hunter2@db:5432/shop"),
              "\"postgresql://shop@db:5432/shop\"");
    for (char const* url :
         {"postgresql://shop:hunter2?x@db/shop", "postgresql://shop:hunter2/x@db/shop",
          "postgresql://shop@db/shop?password=hunter2", "postgresql://shop:a@hunter2@db/shop"})
        EXPECT_FALSE(shown_database_url(url).contains("hunter2")) << shown_database_url(url);
}

TEST(DatabaseUrl, WithAPasswordIsRefusedWithoutRepeatingIt) {
    EXPECT_TRUE(without_password("postgresql://shop@db:5432/shop", "the source", "use a file"));
    for (char const* url :
         {"postgresql://shop:hunter2@db/shop", "postgresql://shop@db/shop?password=hunter2",
          "postgresql://shop@db?sslpassword=hunter2"}) {
        Status const refused = without_password(url, "the source", "use a file");
        ASSERT_FALSE(refused) << url;
        EXPECT_TRUE(refused.error().message.contains("the source")) << refused.error().message;
        EXPECT_TRUE(refused.error().message.contains("use a file")) << refused.error().message;
        EXPECT_FALSE(refused.error().message.contains("hunter2")) << refused.error().message;
    }
}

TEST(DatabaseUrl, NamesADatabase) {
    EXPECT_EQ(database_name("postgresql://shop@db:5432/shop?sslmode=require"), "shop");
    EXPECT_EQ(database_name("postgresql://db/old%20shop"), "old shop");
    EXPECT_EQ(database_name("postgresql://db/100%"), "100%");
    EXPECT_EQ(database_name("postgresql://db/a%zz"), "a%zz");
    EXPECT_EQ(database_name("postgresql://db/"), "");
    EXPECT_EQ(database_name("postgresql://db?x=/y"), "");
    EXPECT_EQ(database_name("postgresql://db"), "");
}

TEST(DatabaseUrl, TakesMoreParameters) {
    EXPECT_EQ(with_parameter("postgresql://db/shop", "password", "p&x=1%'\xC3\xA9"),
              "postgresql://db/shop?password=p%26x%3D1%25%27%C3%A9");
    EXPECT_EQ(with_parameter("postgresql://db?a=b", "c", "d"), "postgresql://db?a=b&c=d");
}

}  // namespace
}  // namespace interregnum
