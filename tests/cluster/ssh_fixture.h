// SPDX-License-Identifier: MIT
#pragma once

#include <cstdlib>
#include <filesystem>
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
            GTEST_SKIP()
                << "no sshd: neither in the lab's image, which `interregnum lab up` makes, "
                   "nor named by INTERREGNUM_TEST_SSHD";
        if (::geteuid() != 0) GTEST_SKIP() << "needs root: sshd runs in namespaces of its own";
        sshd_.emplace();
        use_ssh_config("");
    }
    void TearDown() override {
        if (!path_.empty()) ::setenv("PATH", path_.c_str(), 1);
    }

    /// The system's `ssh` reads this as its configuration, and not that of whoever runs the test.
    void use_ssh_config(std::string const& text) {
        std::filesystem::create_directory(sshd_->path("client"));
        sshd_->write("client/config", text);
        std::filesystem::permissions(sshd_->path("client/config"), std::filesystem::perms(0600));
        sshd_->write("client/ssh", "#!/bin/sh\nexec /usr/bin/ssh -F " +
                                       sshd_->path("client/config") + " \"$@\"\n");
        std::filesystem::permissions(sshd_->path("client/ssh"), std::filesystem::perms(0755));
        if (path_.empty()) path_ = std::getenv("PATH");
        ::setenv("PATH", (sshd_->path("client") + ":" + path_).c_str(), 1);
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
    std::string path_;
};

/// The same test with each of the two clients.
class SshClientTest : public SshTest, public testing::WithParamInterface<SshClient> {
protected:
    [[nodiscard]] SshTarget target() const {
        SshTarget target = sshd_->target();
        target.client = GetParam();
        return target;
    }
};

inline std::string client_name(testing::TestParamInfo<SshClient> const& info) {
    return info.param == SshClient::openssh ? "openssh" : "libssh2";
}
inline auto const both_clients = testing::Values(SshClient::libssh2, SshClient::openssh);

}  // namespace interregnum::test
