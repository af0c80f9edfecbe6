// SPDX-License-Identifier: MIT
#include "harness/remote/shell_transport.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/base/process.h"
#include "harness/base/shell_quote.h"
#include "harness/remote/shell.h"

namespace interregnum {
namespace {

/// What fits into the buffers of an idle connection, so that sending it waits for nobody.
constexpr std::size_t most_sent_ahead = 8192;

/// A node that answers at all does so in milliseconds; one that does not is told in the usual way.
constexpr Duration most_poising = std::chrono::seconds(1);

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

class ShellTransport final : public Transport {
public:
    ShellTransport(SshTarget target, std::unique_ptr<ShellOpener> opener)
        : target_(std::move(target)), opener_(std::move(opener)) {}

    Result<RemoteResult> run(RemoteCommand const& command, std::stop_token stop) override;
    bool send_ahead(RemoteCommand const& command) override;
    bool poise(RemoteCommand const& command, std::stop_token stop) override;
    Status connect(std::stop_token stop) override;
    [[nodiscard]] std::vector<std::string> notes() const override { return opener_->notes(); }

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
        return fmt::format("{} (ssh {}{}{}:{})", target_.node, target_.user,
                           target_.user.empty() ? "" : "@", target_.address, target_.port);
    }

    SshTarget target_;
    std::vector<Leftover> leftovers_;
    std::unique_ptr<ShellOpener> opener_;
    std::array<std::optional<Shell>, 2> shells_;  // after opener_: they must end before it
};

void ShellTransport::close() {
    for (auto& shell : shells_) shell.reset();
    opener_->close();
}

Status ShellTransport::open_shell(Login login, Waiter const& waiter) {
    auto shell = Shell::open(*opener_, login == as_root, waiter);
    if (!shell) return std::unexpected(shell.error());
    shells_[login] = *std::move(shell);
    return {};
}

Status ShellTransport::prepare(Login login, Waiter const& waiter, std::stop_token const& stop) {
    // A session that ended while nothing was under way is replaced without a word.
    for (auto const& shell : shells_)
        if (shell && !shell->alive()) {
            close();
            break;
        }
    if (!shells_[login])
        if (Status const opened = open_shell(login, waiter); !opened) {
            close();
            return opened;
        }
    return reap_leftovers(login, stop);
}

Status ShellTransport::reap_leftovers(Login login, std::stop_token const& stop) {
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
void ShellTransport::give_up(Login login, Error::Kind why) {
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

Result<RemoteResult> ShellTransport::run(RemoteCommand const& command, std::stop_token stop) {
    if (Status const valid = check(command); !valid) return fail_in(where(), valid.error());
    Login const login = login_for(command.as_root);
    Duration const patience = std::min(target_.connect_timeout, command.timeout);
    if (!shells_[login] || !shells_[login]->sent()) {
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

bool ShellTransport::poise(RemoteCommand const& command, std::stop_token stop) {
    Login const login = login_for(command.as_root);
    bool const ready = check(command) && is_shell_file(command) && shells_[login] &&
                       shells_[login]->alive() && !shells_[login]->sent() && leftovers_.empty();
    if (!ready) return false;
    Waiter const waiter(SteadyClock().now() + most_poising, std::move(stop));
    if (shells_[login]->poise(command, waiter)) return true;
    give_up(login, Error::Kind::timeout);
    return false;
}

bool ShellTransport::send_ahead(RemoteCommand const& command) {
    Login const login = login_for(command.as_root);
    if (shells_[login] && shells_[login]->poised_for(command)) {
        shells_[login]->send(command, Waiter(SteadyClock().now() + shell_grace, {}));
        return true;
    }
    std::size_t size = command.input.size();
    for (std::string const& word : command.argv) size += word.size();
    bool const at_once = check(command) && size <= most_sent_ahead && shells_[login] &&
                         shells_[login]->alive() &&
                         std::ranges::find(leftovers_, login, &Leftover::login) == leftovers_.end();
    // A peer that takes nothing at all must not keep the other nodes from being told.
    if (at_once) shells_[login]->send(command, Waiter(SteadyClock().now() + shell_grace, {}));
    return at_once;
}

Status ShellTransport::connect(std::stop_token stop) {
    Waiter const waiter(SteadyClock().now() + target_.connect_timeout, stop);
    if (Status const ready = prepare(login_for(true), waiter, stop); !ready)
        return fail_in(where(), ready.error());
    return {};
}

}  // namespace

std::unique_ptr<Transport> make_shell_transport(SshTarget target,
                                                std::unique_ptr<ShellOpener> opener) {
    return std::make_unique<ShellTransport>(std::move(target), std::move(opener));
}

}  // namespace interregnum
