// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "harness/remote/transport.h"

/// How commands travel through one open shell.
///
/// A new SSH channel a command costs several round trips, a process of sshd and the user's login
/// shell with its start-up files (2 to 200 ms, measured). So one `sh` is kept open on the node,
/// reading commands from its stdin, which is the channel. No terminal is involved: stdout and
/// stderr stay apart and nothing is echoed. For each command we send, in one piece,
///
///     printf %s 'BEGIN'; printf %s 'BEGIN' >&2
///     ( exec timeout -s KILL 10.000 'argv0' 'argv1' ... ) </dev/null
///     printf '%s %d\n' 'END' "$?"; printf '%s\n' 'END' >&2
///
/// and read both streams until both have shown END.
/// - BEGIN and END are 128 random bits each, new for every command, so that no output can be
///   taken for them. What comes before BEGIN is of nobody: a greeting of the login shell, or a
///   background process that an earlier command left behind. The end of a command is its END,
///   never the end of the stream: a background child that keeps the streams open hangs nobody.
/// - Every argument is quoted, whatever it contains. `exec` in a subshell runs the program of
///   that name and never a builtin, a function or an alias, so that "exit" or "cd" cannot touch
///   the open shell.
/// - The command cannot read what follows in the shell's stdin: its own is /dev/null, or the
///   input given, which travels as base64 and so may hold any byte, without a here-document
///   (for which some shells write a file, on a disk that a drill may just have filled):
///   `printf %s '...' | base64 -d | ( exec ... )`.
/// - A file for `sh` that bounds its own time (`{"sh", "/FILE"}`) is what a fault fires. The open
///   shell is an `sh` already, so its subshell reads the file itself, `( . '/FILE' )`, without
///   the millisecond that starting a program takes. It can also be poised: the subshell is there,
///   has shown BEGIN and waits for one line, END to go on. Any other line, or none since the
///   session is gone, and the file is not read. All of that is one compound command, which a
///   shell reads to its end before it starts any of it, so that the line is left to the subshell.
/// - `timeout` (coreutils) puts the command into a process group of its own and kills the group
///   there, on the node, when the time is up: also when this program is dead or cut off by the
///   very partition it is making. The shell survives that and says 137.
/// - A text that is cut off half-way does not run: its quote or its parenthesis is still open.
///
/// When a command must be given up (stop, too much output, no answer), `reap_command` kills it
/// and its shell by the identity that the shell told when it was opened; a process that has
/// since got the same number is spared by its start time.
namespace interregnum {

/// The random marks of one command.
struct ShellMarks {
    std::string begin;
    std::string end;
    [[nodiscard]] static ShellMarks fresh();
};

/// The text to send for a command. Needs: at least one argument, no NUL in any, a timeout of
/// more than 0.
[[nodiscard]] std::string shell_text(RemoteCommand const& command, ShellMarks const& marks);

/// Whether a command is a shell file that bounds its own time (see above).
[[nodiscard]] bool is_shell_file(RemoteCommand const& command);

/// The text that poises a shell file. Needs: `is_shell_file`.
[[nodiscard]] std::string poise_text(RemoteCommand const& command, ShellMarks const& marks);
/// The line that lets a poised file run, and the one that lets it go unrun.
[[nodiscard]] std::string go_text(ShellMarks const& marks);
[[nodiscard]] std::string stand_down_text();

/// The text that makes a shell just opened ready: locale C, a PATH with the sbin folders (a
/// login without root often lacks them), folder "/" (so that no file system of the node is kept
/// busy). Its output is the shell's identity; its status is 0 when `timeout` and `base64` are
/// there.
[[nodiscard]] std::string hello_text(ShellMarks const& marks);

/// A shell on a node: its process and, against reuse of the number, its start time (ticks since
/// boot, field 22 of /proc/PID/stat).
struct ShellIdentity {
    std::string pid;
    std::string start;
};

/// Reads what `hello_text` printed. Not two numbers: an identity with empty fields.
[[nodiscard]] ShellIdentity parse_identity(std::string_view output);

/// Kills the command that a shell is running, with its process group, and then the shell. Does
/// nothing where the shell is gone. Status 0 in both cases.
[[nodiscard]] RemoteCommand reap_command(ShellIdentity const& shell);

/// One stream of a command, found between its marks, as it comes in.
class MarkedStream {
public:
    MarkedStream(ShellMarks const& marks, std::size_t limit);
    void feed(std::string_view bytes);

    [[nodiscard]] bool over_limit() const { return over_limit_; }
    /// END and the rest of its line have come.
    [[nodiscard]] bool done() const { return done_; }
    /// What is between the marks, as far as it has come.
    [[nodiscard]] std::string& content() { return content_; }
    /// What stood between END and the end of its line.
    [[nodiscard]] std::string const& trailer() const { return trailer_; }
    /// BEGIN has come.
    [[nodiscard]] bool begun() const { return begun_; }
    /// What came before BEGIN, its last KiB: where a shell could not start, the reason.
    [[nodiscard]] std::string const& preamble() const { return preamble_; }

private:
    void take_preamble();
    void take_trailer();
    std::string begin_;
    std::string end_;
    std::size_t limit_;
    std::string preamble_;
    std::string content_;
    std::string trailer_;
    bool begun_{};
    bool ended_{};
    bool done_{};
    bool over_limit_{};
};

/// Both streams of a command.
class ShellOutput {
public:
    ShellOutput(ShellMarks const& marks, std::size_t limit)
        : out(marks, limit), err(marks, limit) {}
    MarkedStream out;
    MarkedStream err;
    [[nodiscard]] bool begun() const { return out.begun() && err.begun(); }
    [[nodiscard]] bool done() const { return out.done() && err.done(); }
    [[nodiscard]] bool over_limit() const { return out.over_limit() || err.over_limit(); }
    /// The exit status told after END; -1 where that is not a number from 0 to 255.
    [[nodiscard]] int exit_status() const;
};

}  // namespace interregnum
