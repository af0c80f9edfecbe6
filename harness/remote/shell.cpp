// SPDX-License-Identifier: MIT
#include "harness/remote/shell.h"

#include <utility>

#include <fmt/format.h>

#include "harness/base/process.h"
#include "harness/base/units.h"

namespace interregnum {
namespace {

using Event = ShellLink::Event;

constexpr std::size_t hello_limit = 4096;

/// Feeds output until both end marks are there, or the limit is passed. `event` is that of the
/// writing.
Event listen(ShellLink& link, Event event, ShellOutput& output, Waiter const& waiter) {
    while (event == Event::data && !output.done() && !output.over_limit())
        event = link.read(output, waiter);
    return output.done() ? Event::data : event;
}

/// The last words on stderr, for a message: one line, at most 300 bytes.
std::string last_words(ShellOutput& output) {
    std::string text = output.err.begun() ? output.err.content() : output.err.preamble();
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    constexpr std::size_t most = 300;
    if (text.size() > most) text.erase(0, text.size() - most);
    for (char& c : text)
        if (c == '\n' || c == '\r') c = ' ';
    return text.empty() ? "it said nothing" : text;
}

Error run_error(Event event, RemoteCommand const& command, ShellLink const& link,
                ShellOutput& output) {
    std::string const shown = show_command(command.argv);
    switch (event) {
        case Event::timeout:
            return {.kind = Error::Kind::timeout,
                    .message = fmt::format("no answer to `{}` within {}; it may have run, and may "
                                           "still be running until its time is up",
                                           shown, format_duration(command.timeout))};
        case Event::stopped:
            return {.kind = Error::Kind::stopped,
                    .message = fmt::format("stopped while `{}` was running", shown)};
        case Event::ended:
            return {.kind = Error::Kind::protocol,
                    .message = fmt::format("the shell ended before `{}` did; it may have run ({})",
                                           shown, last_words(output))};
        default:
            break;
    }
    if (output.over_limit())
        return {.kind = Error::Kind::protocol,
                .message = fmt::format("`{}` wrote more than {} bytes; it was given up", shown,
                                       command.output_limit)};
    return {.kind = Error::Kind::protocol,
            .message = fmt::format("the session broke before `{}` ended; it may have run ({})",
                                   shown, link.last_error())};
}

}  // namespace

Result<Shell> Shell::open(ShellOpener& opener, bool sudo, Waiter const& waiter) {
    // `exec`, so that the login shell does not stay between sshd and ours.
    auto link = opener.open(sudo ? "exec sudo -n sh" : "exec sh", waiter);
    if (!link) return std::unexpected(link.error());
    Shell shell(*std::move(link));
    if (Status const ready = shell.hello(sudo, waiter); !ready)
        return std::unexpected(ready.error());
    return shell;
}

Status Shell::hello(bool sudo, Waiter const& waiter) {
    ShellMarks const marks = ShellMarks::fresh();
    ShellOutput output(marks, hello_limit);
    Event const event = listen(*link_, link_->write(hello_text(marks), waiter), output, waiter);
    if (event == Event::timeout || event == Event::stopped)
        return std::unexpected(wake_error(event == Event::stopped ? Wake::stopped : Wake::timeout,
                                          Error::Kind::unreachable,
                                          sudo ? "starting `sudo -n sh`" : "starting `sh`"));
    if (event == Event::ended)
        if (Status const in = link_->login(waiter); !in) return in;
    if (event == Event::ended && sudo)
        return fail(Error::Kind::refused,
                    fmt::format("`sudo -n sh` did not start ({}); the login needs sudo without a "
                                "password for sh (in sudoers: USER ALL=(root) NOPASSWD: /bin/sh, "
                                "/usr/bin/sh), or set ssh.sudo to false",
                                last_words(output)));
    if (event == Event::ended)
        return fail(
            Error::Kind::refused,
            fmt::format("`sh` did not start in the user's login shell ({})", last_words(output)));
    if (event == Event::broken)
        return fail(Error::Kind::unreachable, "starting a shell: " + link_->last_error());
    identity_ = parse_identity(output.out.content());
    if (output.exit_status() != 0 || identity_.pid.empty())
        return fail(Error::Kind::refused,
                    fmt::format("a node needs /proc and the commands timeout, base64 and cut "
                                "(coreutils) in its PATH ({})",
                                last_words(output)));
    return {};
}

bool Shell::alive() const {
    // What is there belongs to background processes of earlier commands, and is dropped. A flood
    // of it does not keep us here: the rest is dropped before the next command's BEGIN.
    ShellOutput dropped(ShellMarks::fresh(), 0);
    for (int i = 0; i < 64; ++i) {
        Event const event = link_->drain(dropped);
        if (event == Event::nothing) return true;
        if (event != Event::data) return false;
    }
    return true;
}

bool Shell::poise(RemoteCommand const& command, Waiter const& waiter) {
    if (poised_for(command)) return true;
    if (poised_ && !stand_down(waiter)) return false;
    poised_ = Poised{.argv = command.argv, .marks = ShellMarks::fresh(), .output = {{}, 0}};
    poised_->output = ShellOutput(poised_->marks, command.output_limit);
    usable_ = false;
    Event event = link_->write(poise_text(command, poised_->marks), waiter);
    while (event == Event::data && !poised_->output.begun())
        event = link_->read(poised_->output, waiter);
    usable_ = event == Event::data;
    if (!usable_) poised_.reset();
    return usable_;
}

Status Shell::stand_down(Waiter const& waiter) {
    ShellOutput output = std::move(poised_->output);
    poised_.reset();
    usable_ = false;
    Event const event = listen(*link_, link_->write(stand_down_text(), waiter), output, waiter);
    if (event != Event::data || !output.done())
        return fail(event == Event::stopped ? Error::Kind::stopped : Error::Kind::unreachable,
                    "a file that was held before its first line did not end (nothing was run)");
    usable_ = true;
    return {};
}

void Shell::send(RemoteCommand const& command, Waiter const& waiter) {
    if (poised_for(command)) {
        usable_ = false;
        sent_ = Sent{
            .output = std::move(poised_->output), .event = Event::data, .at = SteadyClock().now()};
        sent_->event = link_->write(go_text(poised_->marks), waiter);
        poised_.reset();
        return;
    }
    ShellMarks const marks = ShellMarks::fresh();
    std::string const text = shell_text(command, marks);
    usable_ = false;
    sent_ = Sent{.output = ShellOutput(marks, command.output_limit),
                 .event = Event::data,
                 .at = SteadyClock().now()};
    sent_->event = link_->write(text, waiter);
}

Result<RemoteResult> Shell::run(RemoteCommand const& command, std::stop_token stop) {
    Instant const now = sent_ ? sent_->at : SteadyClock().now();
    Waiter const waiter(now + command.timeout + shell_grace, std::move(stop));
    if (poised_ && (waiter.state() != Wake::ready || !poised_for(command))) {
        if (Status const free = stand_down(Waiter(now + shell_grace, {})); !free)
            return std::unexpected(free.error());
        if (Wake const wake = waiter.state(); wake != Wake::ready)
            return std::unexpected(wake_error(wake, Error::Kind::timeout, "before a command"));
    }
    if (!sent_) send(command, waiter);
    Instant const sent = sent_->at;
    ShellOutput output = std::move(sent_->output);
    Event const begun = sent_->event;
    sent_.reset();
    Event const event = listen(*link_, begun, output, waiter);
    Instant const returned = SteadyClock().now();
    if (event != Event::data || output.over_limit())
        return std::unexpected(run_error(event, command, *link_, output));
    int const status = output.exit_status();
    if (status < 0)
        return fail(Error::Kind::protocol,
                    fmt::format("the status of `{}` could not be read; it has run",
                                show_command(command.argv)));
    usable_ = true;
    // The node's timer started after ours, so what it killed is always seen as late here.
    if (returned - sent >= command.timeout)
        return fail(Error::Kind::timeout,
                    fmt::format("`{}` did not end within {}{}", show_command(command.argv),
                                format_duration(command.timeout),
                                status == 137 ? " and was killed" : "; it has ended since"));
    return RemoteResult{.exit_status = status,
                        .out = std::move(output.out.content()),
                        .err = std::move(output.err.content()),
                        .sent = sent,
                        .returned = returned};
}

}  // namespace interregnum
