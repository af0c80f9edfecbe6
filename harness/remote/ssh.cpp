// SPDX-License-Identifier: MIT
#include "harness/remote/ssh.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/base/process.h"
#include "harness/base/shell_quote.h"
#include "harness/remote/shell.h"
#include "harness/remote/ssh_login.h"

namespace interregnum {
namespace {

Status check(RemoteCommand const& command) {
    if (command.argv.empty()) return fail(Error::Kind::invalid, "no command given");
    if (std::ranges::any_of(command.argv, [](auto const& word) { return has_nul(word); }))
        return fail(Error::Kind::invalid, fmt::format("an argument of `{}` holds a NUL byte",
                                                      show_command(command.argv)));
    if (command.timeout <= Duration::zero() || command.timeout > std::chrono::hours(24))
        return fail(Error::Kind::invalid, fmt::format("`{}` needs a timeout from 1ns to 24h",
                                                      show_command(command.argv)));
    return {};
}

class SshTransport final : public Transport {
public:
    explicit SshTransport(SshTarget target) : target_(std::move(target)) {}

    Result<RemoteResult> run(RemoteCommand const& command, std::stop_token stop) override;
    Status connect(std::stop_token stop) override;
    [[nodiscard]] std::vector<std::string> notes() const override { return notes_; }

private:
    enum Login : std::size_t { as_user, as_root };
    /// A shell whose command was given up, to be killed by the next session that gets through.
    struct Leftover {
        Login login;
        ShellIdentity shell;
    };

    [[nodiscard]] Login login_for(bool root) const {
        return root && target_.sudo && target_.user != "root" ? as_root : as_user;
    }
    [[nodiscard]] Status prepare(Login login, Waiter const& waiter, std::stop_token const& stop);
    [[nodiscard]] Status open_shell(Login login, Waiter const& waiter);
    [[nodiscard]] Status reap_leftovers(Login login, std::stop_token const& stop);
    void give_up(Login login, Error::Kind why);
    void close();
    [[nodiscard]] std::string where() const {
        return fmt::format("{} (ssh {}@{}:{})", target_.node, target_.user, target_.address,
                           target_.port);
    }

    SshTarget target_;
    std::vector<std::string> notes_;
    std::vector<Leftover> leftovers_;
    std::unique_ptr<RawSession> session_;
    std::array<std::optional<Shell>, 2> shells_;  // after session_: they must end before it
};

void SshTransport::close() {
    for (auto& shell : shells_) shell.reset();
    session_.reset();
}

Status SshTransport::open_shell(Login login, Waiter const& waiter) {
    auto shell = Shell::open(*session_, login == as_root, waiter);
    if (!shell) return std::unexpected(shell.error());
    shells_[login] = *std::move(shell);
    return {};
}

Status SshTransport::prepare(Login login, Waiter const& waiter, std::stop_token const& stop) {
    // A session that ended while nothing was under way is replaced without a word.
    for (auto const& shell : shells_)
        if (shell && !shell->alive()) {
            close();
            break;
        }
    if (!session_) {
        auto session = log_in(target_, waiter, notes_);
        if (!session) return std::unexpected(session.error());
        session_ = *std::move(session);
    }
    if (!shells_[login])
        if (Status const opened = open_shell(login, waiter); !opened) {
            close();
            return opened;
        }
    return reap_leftovers(login, stop);
}

Status SshTransport::reap_leftovers(Login login, std::stop_token const& stop) {
    while (true) {
        auto const next = std::ranges::find(leftovers_, login, &Leftover::login);
        if (next == leftovers_.end()) return {};
        auto const reaped = shells_[login]->run(reap_command(next->shell), stop);
        if (!reaped) {
            close();
            bool const stopped = reaped.error().kind == Error::Kind::stopped;
            return fail(stopped ? Error::Kind::stopped : Error::Kind::unreachable,
                        "ending an earlier command: " + reaped.error().message);
        }
        leftovers_.erase(next);
    }
}

/// Ends what was left running, now if the session still answers, else with the next one.
void SshTransport::give_up(Login login, Error::Kind why) {
    leftovers_.push_back({.login = login, .shell = shells_[login]->identity()});
    shells_[login].reset();
    // Without an answer within the grace there is no sense in asking again on the same path.
    if (why != Error::Kind::timeout) {
        Waiter const waiter(SteadyClock().now() + shell_grace, {});
        if (open_shell(login, waiter)) {
            RemoteCommand reap = reap_command(leftovers_.back().shell);
            reap.timeout = shell_grace;
            if (shells_[login]->run(reap, {})) {
                leftovers_.pop_back();
                return;
            }
        }
    }
    close();
}

Result<RemoteResult> SshTransport::run(RemoteCommand const& command, std::stop_token stop) {
    if (Status const valid = check(command); !valid) return fail_in(where(), valid.error());
    Login const login = login_for(command.as_root);
    Duration const patience = std::min(target_.connect_timeout, command.timeout);
    {
        Waiter const waiter(SteadyClock().now() + patience, stop);
        if (Status const ready = prepare(login, waiter, stop); !ready)
            return fail_in(where(), ready.error());
    }
    Shell& shell = *shells_[login];
    auto result = shell.run(command, std::move(stop));
    if (result) return result;
    if (!shell.usable()) give_up(login, result.error().kind);
    return fail_in(where(), std::move(result).error());
}

Status SshTransport::connect(std::stop_token stop) {
    Waiter const waiter(SteadyClock().now() + target_.connect_timeout, stop);
    if (Status const ready = prepare(login_for(true), waiter, stop); !ready)
        return fail_in(where(), ready.error());
    return {};
}

}  // namespace

std::unique_ptr<Transport> make_ssh_transport(SshTarget target) {
    return std::make_unique<SshTransport>(std::move(target));
}

}  // namespace interregnum
