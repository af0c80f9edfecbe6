// SPDX-License-Identifier: MIT
#include "harness/remote/openssh.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/base/process.h"

namespace interregnum {
namespace {

/// The streams of an `ssh` child, which are those of the program on the node.
class OpensshLink final : public ShellLink {
public:
    OpensshLink(SshTarget const& target, ChildProcess child, std::vector<std::string>& notes)
        : target_(&target), child_(std::move(child)), notes_(&notes) {}

    Event write(std::string_view text, Waiter const& waiter) override {
        while (!text.empty()) {
            ssize_t const taken =
                ::send(child_.input(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (taken >= 0) {
                text.remove_prefix(static_cast<std::size_t>(taken));
            } else if (errno == EAGAIN) {
                Wake const wake = waiter.wait(child_.input(), POLLOUT);
                if (wake != Wake::ready)
                    return wake == Wake::stopped ? Event::stopped : Event::timeout;
            } else if (errno != EINTR) {
                // The child has ended. Its last words are still in the pipes: they are the
                // reason, so the reader is to find them and then the end.
                return Event::data;
            }
        }
        return Event::data;
    }

    Event drain(ShellOutput& into) override {
        Event const out = read_stream(child_.output(), out_open_, into.out, nullptr);
        Event const err = read_stream(child_.errors(), err_open_, into.err, &said_);
        if (into.err.begun()) note_new_host();
        if (out == Event::data || err == Event::data) return Event::data;
        // A master of the user's, or a jump, may hold stderr open beyond the end of ssh.
        if (!out_open_ && (!err_open_ || child_.exit_status())) return Event::ended;
        return Event::nothing;
    }

    Event read(ShellOutput& into, Waiter const& waiter) override {
        while (true) {
            Event const event = drain(into);
            if (event != Event::nothing) return event;
            std::array<int, 2> const open{out_open_ ? child_.output() : -1,
                                          err_open_ ? child_.errors() : -1};
            // With only stderr open its end may never come: look at the child now and then.
            Instant const until =
                out_open_ ? waiter.deadline() : SteadyClock().now() + std::chrono::milliseconds(20);
            Wake const wake = waiter.wait(open, POLLIN, until);
            if (wake == Wake::stopped) return Event::stopped;
            if (wake == Wake::timeout && waiter.state() == Wake::timeout) return Event::timeout;
        }
    }

    [[nodiscard]] std::string last_error() const override { return said_; }

    Status login(Waiter const& waiter) override {
        // Its streams are closed, so it is about to end; 255 is ssh's own and never sudo's.
        auto status = child_.exit_status();
        while (!status && waiter.wait(-1, 0, SteadyClock().now() + std::chrono::milliseconds(5)) ==
                              Wake::timeout) {
            if (waiter.state() != Wake::ready) break;
            status = child_.exit_status();
        }
        if (status && *status != 255) return {};
        return std::unexpected(openssh_error(*target_, said_));
    }

private:
    void note_new_host() {
        if (!said_.contains("Permanently added")) return;
        std::string note = fmt::format("host key of {} accepted unseen (--trust-new-hosts): {}",
                                       target_->node, said_.substr(0, said_.find_first_of("\r\n")));
        if (std::ranges::find(*notes_, note) == notes_->end()) notes_->push_back(std::move(note));
        said_.clear();
    }
    static Event read_stream(int fd, bool& open, MarkedStream& into, std::string* also) {
        if (!open) return Event::ended;
        std::array<char, 32768> buffer;
        ssize_t const got = ::read(fd, buffer.data(), buffer.size());
        if (got > 0) {
            std::string_view const bytes(buffer.data(), static_cast<std::size_t>(got));
            constexpr std::size_t most = 4096;
            if (also != nullptr && !into.begun() && also->size() < most)
                also->append(bytes.substr(0, most - also->size()));
            into.feed(bytes);
            return Event::data;
        }
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return Event::nothing;
        open = false;
        return Event::ended;
    }

    SshTarget const* target_;
    ChildProcess child_;
    std::vector<std::string>* notes_;
    std::string said_;  ///< ssh's own words, up to where the program begins
    bool out_open_{true};
    bool err_open_{true};
};

class OpensshOpener final : public ShellOpener {
public:
    explicit OpensshOpener(SshTarget target) : target_(std::move(target)) {}

    Result<std::unique_ptr<ShellLink>> open(std::string const& line,
                                            Waiter const& waiter) override {
        if (Wake const wake = waiter.state(); wake != Wake::ready)
            return std::unexpected(wake_error(wake, Error::Kind::unreachable, "starting ssh"));
        auto const words = openssh_arguments(target_, line);
        if (!words) return std::unexpected(words.error());
        // Nobody is there to type: a jump's ssh does not inherit BatchMode.
        auto child =
            ChildProcess::start({.argv = *words, .environment = {"SSH_ASKPASS_REQUIRE=never"}});
        if (!child)
            return fail(Error::Kind::refused,
                        child.error().message +
                            "; ssh.transport \"openssh\" needs the system's ssh (package "
                            "openssh-client); \"libssh2\" needs nothing");
        return std::make_unique<OpensshLink>(target_, *std::move(child), notes_);
    }
    void close() override {}
    [[nodiscard]] std::vector<std::string> notes() const override { return notes_; }

private:
    SshTarget target_;
    std::vector<std::string> notes_;
};

}  // namespace

std::unique_ptr<ShellOpener> make_openssh_opener(SshTarget target) {
    return std::make_unique<OpensshOpener>(std::move(target));
}

}  // namespace interregnum
