// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "harness/remote/transport.h"

namespace interregnum::test {

/// A node made of answers: it knows argument vectors and what to say to them, and records every
/// command it was given. A command it does not know fails the way an unknown program does, with
/// status 127, so that a test which forgets one sees it.
class ScriptedTransport final : public Transport {
public:
    using Argv = std::vector<std::string>;
    using Answer = std::function<Result<RemoteResult>(RemoteCommand const&)>;

    /// `argv` is answered with this from now on.
    void on(Argv argv, int exit_status, std::string const& out = {}, std::string const& err = {}) {
        answers_[std::move(argv)] = [=](RemoteCommand const&) -> Result<RemoteResult> {
            return RemoteResult{.exit_status = exit_status, .out = out, .err = err};
        };
    }
    void on_error(Argv argv, Error::Kind kind, std::string const& message) {
        answers_[std::move(argv)] = [=](RemoteCommand const&) -> Result<RemoteResult> {
            return fail(kind, message);
        };
    }
    void on_call(Argv argv, Answer answer) { answers_[std::move(argv)] = std::move(answer); }
    /// For every command that no `on...` names.
    void otherwise(Answer answer) { otherwise_ = std::move(answer); }
    /// The next command of all, whatever it is, fails with this.
    void fail_next(Error::Kind kind, std::string message) {
        failures_.push_back({.kind = kind, .message = std::move(message)});
    }
    void add_note(std::string note) { notes_.push_back(std::move(note)); }

    [[nodiscard]] Result<RemoteResult> run(RemoteCommand const& command,
                                           std::stop_token stop) override {
        calls_.push_back(command);
        if (stop.stop_requested()) return fail(Error::Kind::stopped, "scripted: stopped");
        if (!failures_.empty()) {
            Error error = std::move(failures_.front());
            failures_.pop_front();
            return std::unexpected(std::move(error));
        }
        auto const known = answers_.find(command.argv);
        auto result = known != answers_.end() ? known->second(command)
                      : otherwise_            ? otherwise_(command)
                                              : not_scripted(command);
        if (result && result->sent == Instant()) {
            result->sent = SteadyClock().now();
            result->returned = result->sent;
        }
        return result;
    }
    [[nodiscard]] Status connect(std::stop_token /*stop*/) override {
        ++connects_;
        return {};
    }
    [[nodiscard]] std::vector<std::string> notes() const override { return notes_; }

    /// Every command it was given, in order.
    [[nodiscard]] std::vector<RemoteCommand> const& calls() const { return calls_; }
    /// Their argument vectors only.
    [[nodiscard]] std::vector<Argv> argvs() const {
        std::vector<Argv> all;
        all.reserve(calls_.size());
        for (RemoteCommand const& call : calls_) all.push_back(call.argv);
        return all;
    }
    [[nodiscard]] int connects() const { return connects_; }

private:
    static Result<RemoteResult> not_scripted(RemoteCommand const& command) {
        return RemoteResult{.exit_status = 127, .err = "not scripted: " + command.argv.at(0)};
    }

    std::map<Argv, Answer> answers_;
    Answer otherwise_;
    std::deque<Error> failures_;
    std::vector<RemoteCommand> calls_;
    std::vector<std::string> notes_;
    int connects_{};
};

}  // namespace interregnum::test
