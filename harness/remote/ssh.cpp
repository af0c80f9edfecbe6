// SPDX-License-Identifier: MIT
#include "harness/remote/ssh.h"

#include <utility>
#include <vector>

#include "harness/remote/channel.h"
#include "harness/remote/openssh.h"
#include "harness/remote/shell_transport.h"
#include "harness/remote/ssh_login.h"

namespace interregnum {
namespace {

/// One session of libssh2; each program has a channel in it.
class Libssh2Opener final : public ShellOpener {
public:
    explicit Libssh2Opener(SshTarget target) : target_(std::move(target)) {}

    Result<std::unique_ptr<ShellLink>> open(std::string const& line,
                                            Waiter const& waiter) override {
        if (!session_) {
            auto session = log_in(target_, waiter, notes_);
            if (!session) return std::unexpected(session.error());
            session_ = *std::move(session);
        }
        return Channel::open(*session_, line, waiter);
    }
    void close() override { session_.reset(); }
    [[nodiscard]] std::vector<std::string> notes() const override { return notes_; }

private:
    SshTarget target_;
    std::vector<std::string> notes_;
    std::unique_ptr<RawSession> session_;
};

}  // namespace

std::unique_ptr<Transport> make_ssh_transport(SshTarget target) {
    std::unique_ptr<ShellOpener> opener;
    if (target.client == SshClient::openssh)
        opener = make_openssh_opener(target);
    else
        opener = std::make_unique<Libssh2Opener>(target);
    return make_shell_transport(std::move(target), std::move(opener));
}

}  // namespace interregnum
