// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "harness/remote/ssh.h"
#include "tests/cluster/sshd.h"

namespace interregnum::test {

/// A test against an sshd of its own.
class SshTest : public testing::Test {
protected:
    void SetUp() override {
        if (sshd_path().empty())
            GTEST_SKIP() << "INTERREGNUM_TEST_SSHD does not name an sshd binary";
        if (::geteuid() != 0) GTEST_SKIP() << "needs root: sshd runs in namespaces of its own";
        sshd_.emplace();
    }

    [[nodiscard]] static std::string all_bytes() {
        std::string every;
        for (int c = 1; c < 256; ++c) every += static_cast<char>(c);
        return every;
    }
    /// A script run with `sh -c`.
    [[nodiscard]] static RemoteCommand script(std::string text,
                                              Duration timeout = std::chrono::seconds(10)) {
        return {.argv = {"sh", "-c", std::move(text)}, .timeout = timeout};
    }
    /// Expects an error of this kind whose message holds all of these.
    template <class T>
    static void expect_error(Result<T> const& result, Error::Kind kind,
                             std::vector<std::string> const& parts) {
        ASSERT_FALSE(result);
        EXPECT_EQ(to_string(result.error().kind), to_string(kind)) << result.error().message;
        for (std::string const& part : parts)
            EXPECT_NE(result.error().message.find(part), std::string::npos)
                << "not there: " << part << "\nin: " << result.error().message;
    }
    /// Waits until `condition` holds; false when it does not within 5 s.
    template <class Condition>
    [[nodiscard]] static bool soon(Condition condition) {
        for (int i = 0; i < 250; ++i) {
            if (condition()) return true;
            SteadyClock().sleep_for(std::chrono::milliseconds(20), {});
        }
        return false;
    }

    std::optional<Sshd> sshd_;
};

}  // namespace interregnum::test
