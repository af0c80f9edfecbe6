// SPDX-License-Identifier: MIT
#include "harness/remote/shell_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <random>

#include <fmt/format.h>
#include <sys/random.h>

#include "harness/base/shell_quote.h"
#include "harness/remote/base64.h"

namespace interregnum {
namespace {

std::string random_mark() {
    // The kernel's. A std::random_device takes 15 us for as many, which a firing would wait for.
    std::array<std::uint32_t, 4> word{};
    if (::getrandom(word.data(), sizeof word, 0) != static_cast<ssize_t>(sizeof word)) {
        std::random_device slow;
        for (std::uint32_t& one : word) one = slow();
    }
    return fmt::format("interregnum-{:08x}{:08x}{:08x}{:08x}", word[0], word[1], word[2], word[3]);
}

std::string framed(std::string_view body, ShellMarks const& marks) {
    std::string const begin = shell_quote(marks.begin);
    std::string const end = shell_quote(marks.end);
    return fmt::format(
        "printf %s {0}; printf %s {0} >&2\n"
        "{1}\n"
        "printf '%s %d\\n' {2} \"$?\"; printf '%s\\n' {2} >&2\n",
        begin, body, end);
}

bool is_number(std::string_view text) {
    return !text.empty() && text.size() <= 20 &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

ShellMarks ShellMarks::fresh() { return {.begin = random_mark(), .end = random_mark()}; }

std::string shell_text(RemoteCommand const& command, ShellMarks const& marks) {
    // Rounded up, so that it does not fire before ours; and 0 would mean "no limit".
    auto const millis = std::chrono::ceil<std::chrono::milliseconds>(command.timeout).count();
    if (is_shell_file(command))
        return framed(fmt::format("( . {} ) </dev/null", shell_quote(command.argv[1])), marks);
    std::string const bound = command.bounds_itself ? std::string()
                                                    : fmt::format("timeout -s KILL {}.{:03} ",
                                                                  millis / 1000, millis % 1000);
    std::string const run = fmt::format("( exec {}{} )", bound, shell_quote(command.argv));
    if (command.input.empty()) return framed(run + " </dev/null", marks);
    return framed(fmt::format("printf %s '{}' | base64 -d | {}", base64_encode(command.input), run),
                  marks);
}

bool is_shell_file(RemoteCommand const& command) {
    return command.bounds_itself && command.input.empty() && command.argv.size() == 2 &&
           command.argv[0] == "sh" && command.argv[1].starts_with('/');
}

std::string poise_text(RemoteCommand const& command, ShellMarks const& marks) {
    std::string const begin = shell_quote(marks.begin);
    std::string const end = shell_quote(marks.end);
    return fmt::format(
        "{{ ( printf %s {0}; printf %s {0} >&2; read -r go && [ \"$go\" = {1} ] || exit 125; "
        ". {2} </dev/null ); printf '%s %d\\n' {1} \"$?\"; printf '%s\\n' {1} >&2; }}\n",
        begin, end, shell_quote(command.argv[1]));
}

std::string go_text(ShellMarks const& marks) { return marks.end + "\n"; }

std::string stand_down_text() { return "no\n"; }

std::string hello_text(ShellMarks const& marks) {
    return framed(
        "LC_ALL=C; export LC_ALL; PATH=\"$PATH:/usr/local/sbin:/usr/sbin:/sbin\"; export PATH; "
        "cd /; printf '%s ' \"$$\"; cut -d' ' -f22 \"/proc/$$/stat\" </dev/null; "
        "command -v timeout >/dev/null && command -v base64 >/dev/null",
        marks);
}

ShellIdentity parse_identity(std::string_view output) {
    while (output.ends_with('\n')) output.remove_suffix(1);
    std::size_t const space = output.find(' ');
    if (space == std::string_view::npos) return {};
    std::string_view const pid = output.substr(0, space);
    std::string_view const start = output.substr(space + 1);
    if (!is_number(pid) || !is_number(start)) return {};
    return {.pid = std::string(pid), .start = std::string(start)};
}

RemoteCommand reap_command(ShellIdentity const& shell) {
    // A child of the shell is a `timeout`, which leads a process group, part of the pipe that feeds
    // it, or what runs a file of commands, each behind a `timeout` with a group of its own: so the
    // whole tree is listed, and killed from its top on, so that nobody starts another command.
    // Reading `children` before the kills is fine: a shell without input starts none.
    constexpr std::string_view script =
        "[ \"$(cut -d' ' -f22 \"/proc/$1/stat\" 2>/dev/null)\" = \"$2\" ] || exit 0\n"
        "below() {\n"
        "    for child in $(cat \"/proc/$1/task/$1/children\" 2>/dev/null); do\n"
        "        echo \"$child\"; below \"$child\"\n"
        "    done\n"
        "}\n"
        "for child in $(below \"$1\"); do\n"
        "    kill -s KILL -- \"-$child\" 2>/dev/null || kill -s KILL \"$child\" 2>/dev/null\n"
        "done\n"
        "kill -s KILL \"$1\" 2>/dev/null\n"
        "exit 0\n";
    return {.argv = {"sh", "-c", std::string(script), "sh", shell.pid, shell.start},
            .timeout = std::chrono::seconds(2)};
}

MarkedStream::MarkedStream(ShellMarks const& marks, std::size_t limit)
    : begin_(marks.begin), end_(marks.end), limit_(limit) {}

void MarkedStream::feed(std::string_view bytes) {
    if (done_ || over_limit_) return;
    if (!begun_) {
        preamble_ += bytes;
        take_preamble();
    } else if (!ended_) {
        std::size_t const seen = content_.size();
        content_ += bytes;
        // The mark may have started at the end of what was there before.
        std::size_t const from = seen < end_.size() ? 0 : seen - end_.size();
        std::size_t const at = content_.find(end_, from);
        if (at == std::string::npos) {
            // The tail may be half a mark, which is not content.
            over_limit_ = content_.size() > limit_ + end_.size();
            return;
        }
        ended_ = true;
        trailer_ = content_.substr(at + end_.size());
        content_.resize(at);
        over_limit_ = content_.size() > limit_;
        take_trailer();
    } else {
        trailer_ += bytes;
        take_trailer();
    }
}

void MarkedStream::take_preamble() {
    std::size_t const at = preamble_.find(begin_);
    if (at == std::string::npos) {
        constexpr std::size_t kept = 1024;
        if (preamble_.size() > 2 * kept) preamble_.erase(0, preamble_.size() - kept);
        return;
    }
    begun_ = true;
    std::string const rest = preamble_.substr(at + begin_.size());
    preamble_.resize(at);
    feed(rest);
}

void MarkedStream::take_trailer() {
    std::size_t const newline = trailer_.find('\n');
    if (newline != std::string::npos) {
        trailer_.resize(newline);  // what follows is of a background process
        done_ = true;
    } else if (trailer_.size() > 64) {
        trailer_.resize(64);  // garbled by a background process: the status will not parse
        done_ = true;
    }
}

int ShellOutput::exit_status() const {
    std::string_view text = out.trailer();
    if (!text.starts_with(' ')) return -1;
    text.remove_prefix(1);
    int status = -1;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), status);
    bool const whole = error == std::errc() && end == text.data() + text.size();
    return whole && status >= 0 && status <= 255 ? status : -1;
}

}  // namespace interregnum
