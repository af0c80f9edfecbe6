// SPDX-License-Identifier: MIT
// Sentinels with and without a login, of whom it is asked only by those that want one.
#include "harness/cluster/sentinel.h"

#include <mutex>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/support/fake_peer.h"

namespace interregnum {
namespace {

constexpr std::string_view master = "*2\r\n$9\r\n10.0.0.11\r\n$4\r\n6379\r\n";

/// A Sentinel that answers who the master is, to those who have logged in where it wants that.
class OneSentinel {
public:
    explicit OneSentinel(bool wants_login) : wants_login_(wants_login) {}

    [[nodiscard]] Result<std::string> asked_with(std::string const& password) const {
        return ask_sentinel_master(
            {.host = "127.0.0.1", .port = peer_.port(), .password = Secret(password)}, "shop");
    }
    /// Whether anybody sent a password.
    [[nodiscard]] bool was_told() {
        std::lock_guard const lock(mutex_);
        return told_;
    }

private:
    void serve(int socket, std::stop_token const& stop) {
        bool let_in = !wants_login_;
        for (std::string said = test::take_bytes(socket, stop); !said.empty();
             said = test::take_bytes(socket, stop)) {
            if (said.contains("AUTH")) {
                std::lock_guard const lock(mutex_);
                told_ = true;
                let_in = wants_login_ && said.contains("secret");
                test::send_all(socket, let_in ? "+OK\r\n" : "-ERR no such login\r\n");
            } else if (!let_in) {
                test::send_all(socket, "-NOAUTH Authentication required.\r\n");
            } else {
                test::send_all(socket, said.contains("PING") ? "+PONG\r\n" : master);
            }
        }
    }

    bool wants_login_;
    std::mutex mutex_;
    bool told_{};
    test::FakePeer peer_{[this](int socket, std::stop_token const& stop) { serve(socket, stop); }};
};

TEST(Sentinel, WithoutALoginIsNotToldThePasswordOfRedis) {
    OneSentinel sentinel(false);
    for (char const* password : {"", "secret"}) {
        auto const found = sentinel.asked_with(password);
        ASSERT_TRUE(found) << found.error().message;
        EXPECT_EQ(*found, "10.0.0.11");
    }
    EXPECT_FALSE(sentinel.was_told());
}

TEST(Sentinel, ThatWantsALoginGetsIt) {
    OneSentinel sentinel(true);
    auto const found = sentinel.asked_with("secret");
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(*found, "10.0.0.11");
    EXPECT_TRUE(sentinel.was_told());
    for (char const* password : {"", "wrong"}) {
        auto const refused = sentinel.asked_with(password);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().kind, Error::Kind::refused) << refused.error().message;
    }
}

}  // namespace
}  // namespace interregnum
