// SPDX-License-Identifier: MIT
#include "harness/remote/shell_text.h"

#include <fstream>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "harness/base/process.h"
#include "tests/unit/support/temp_folder.h"

namespace interregnum {
namespace {

ShellMarks const marks{.begin = "BEGIN-1", .end = "END-2"};

/// What a real shell makes of a text, both streams fed as they came.
ShellOutput say_to_shell(std::string const& text, std::size_t limit = 1U << 20U) {
    ShellOutput output(marks, limit);
    auto const said = run_local({.argv = {"sh"}, .input = text});
    EXPECT_TRUE(said) << said.error().message;
    if (said) {
        output.out.feed(said->out);
        output.err.feed(said->err);
    }
    return output;
}

TEST(ShellText, IsOneFramedTextPerCommand) {
    EXPECT_EQ(
        shell_text({.argv = {"echo", "it's"}, .timeout = std::chrono::milliseconds(1500)}, marks),
        "printf %s 'BEGIN-1'; printf %s 'BEGIN-1' >&2\n"
        "( exec timeout -s KILL 1.500 'echo' 'it'\\''s' ) </dev/null\n"
        "printf '%s %d\\n' 'END-2' \"$?\"; printf '%s\\n' 'END-2' >&2\n");
}

TEST(ShellText, AFileThatBoundsItselfIsReadByASubshellOfTheOpenShell) {
    RemoteCommand command{.argv = {"sh", "/run/it's"}, .bounds_itself = true};
    EXPECT_NE(shell_text(command, marks).find("\n( . '/run/it'\\''s' ) </dev/null\n"),
              std::string::npos)
        << shell_text(command, marks);
    for (RemoteCommand const& other :
         {RemoteCommand{.argv = {"sh", "relative"}, .bounds_itself = true},
          RemoteCommand{.argv = {"sh", "-s"}, .input = "exit", .bounds_itself = true},
          RemoteCommand{.argv = {"sh", "/a", "b"}, .bounds_itself = true},
          RemoteCommand{.argv = {"sh", "/a"}}})
        EXPECT_EQ(shell_text(other, marks).find("( . "), std::string::npos);
}

TEST(ShellText, SuchAFileIsPoisedByOneCompoundCommand) {
    RemoteCommand const command{.argv = {"sh", "/run/it's"}, .bounds_itself = true};
    EXPECT_TRUE(is_shell_file(command));
    std::string const text = poise_text(command, marks);
    EXPECT_TRUE(text.starts_with("{ ( printf %s 'BEGIN-1'; ")) << text;
    EXPECT_TRUE(text.contains("|| exit 125; . '/run/it'\\''s' </dev/null )")) << text;
    EXPECT_EQ(text.find('\n'), text.size() - 1) << "a shell would run a first line at once";
    EXPECT_EQ(go_text(marks), "END-2\n");
}

TEST(ShellText, SuchAFileCannotTouchTheOpenShell) {
    test::TempFolder const folder;
    std::string const file = folder / "inject";
    std::ofstream(file) << "PATH=/nowhere; cd /tmp; read line; echo \"got [$line]\"; exit 4\n";
    RemoteCommand const command{.argv = {"sh", file}, .bounds_itself = true};
    RemoteCommand const missing{.argv = {"sh", file + ".not"}, .bounds_itself = true};
    std::string const text = shell_text(command, marks) + shell_text(missing, marks) +
                             "pwd; echo \"$PATH\"; echo still here\n";
    auto const said = run_local({.argv = {"sh"}, .input = "cd /\n" + text});
    ASSERT_TRUE(said);
    EXPECT_NE(said->out.find("got []\n"), std::string::npos) << said->out;
    EXPECT_NE(said->out.find("END-2 4\n"), std::string::npos) << said->out;
    EXPECT_EQ(said->out.find("END-2 0\n"), std::string::npos) << said->out;
    EXPECT_NE(said->out.find("\n/\n"), std::string::npos) << said->out;
    EXPECT_EQ(said->out.find("/nowhere"), std::string::npos) << said->out;
    EXPECT_NE(said->out.find("still here"), std::string::npos) << said->out;
}

TEST(ShellText, InputTravelsAsBase64) {
    std::string const text = shell_text({.argv = {"cat"}, .input = "hi\n"}, marks);
    EXPECT_NE(text.find("printf %s 'aGkK' | base64 -d | ( exec timeout"), std::string::npos)
        << text;
}

TEST(ShellText, TimeoutIsRoundedUpAndNeverZero) {
    RemoteCommand const command{.argv = {"true"}, .timeout = std::chrono::nanoseconds(1)};
    EXPECT_NE(shell_text(command, marks).find("KILL 0.001 "), std::string::npos);
}

TEST(ShellText, ARealShellRunsItAndTellsStatusAndStreamsApart) {
    ShellOutput output =
        say_to_shell(shell_text({.argv = {"sh", "-c", "echo out; echo err >&2; exit 3"}}, marks));
    ASSERT_TRUE(output.done());
    EXPECT_EQ(output.exit_status(), 3);
    EXPECT_EQ(output.out.content(), "out\n");
    EXPECT_EQ(output.err.content(), "err\n");
}

TEST(ShellText, ABuiltinsNameRunsTheProgramAndTheShellLivesOn) {
    std::string const text = shell_text({.argv = {"exit", "7"}}, marks) + "echo still here\n";
    auto const said = run_local({.argv = {"sh"}, .input = text});
    ASSERT_TRUE(said);
    EXPECT_NE(said->out.find("END-2 127\n"), std::string::npos) << said->out;
    EXPECT_NE(said->out.find("still here"), std::string::npos);
}

TEST(ShellText, AHalfSentCommandDoesNotRun) {
    std::string const whole = shell_text({.argv = {"echo", "RAN", "it's"}}, marks);
    std::size_t const from = whole.find('\n') + 1;
    std::size_t const to = whole.find(')', from);
    ASSERT_NE(to, std::string::npos);
    for (std::size_t cut = from; cut < to; ++cut) {
        auto const said = run_local({.argv = {"sh"}, .input = whole.substr(0, cut)});
        ASSERT_TRUE(said);
        EXPECT_EQ(said->out.find("RAN"), std::string::npos) << "cut at " << cut;
    }
}

TEST(ShellText, InputOfAllBytesArrives) {
    std::string input;
    for (int i = 0; i < 3000; ++i) input += static_cast<char>(i % 256);
    ShellOutput output = say_to_shell(shell_text({.argv = {"cat"}, .input = input}, marks));
    ASSERT_TRUE(output.done());
    EXPECT_EQ(output.exit_status(), 0);
    EXPECT_EQ(output.out.content(), input);
}

TEST(ShellText, HelloTellsTheShellsIdentity) {
    ShellOutput output = say_to_shell(hello_text(marks));
    ASSERT_TRUE(output.done());
    EXPECT_EQ(output.exit_status(), 0);
    ShellIdentity const shell = parse_identity(output.out.content());
    EXPECT_FALSE(shell.pid.empty());
    EXPECT_FALSE(shell.start.empty());
}

TEST(ShellText, AnIdentityMustBeTwoNumbers) {
    EXPECT_EQ(parse_identity("12 345\n").pid, "12");
    EXPECT_EQ(parse_identity("12 345\n").start, "345");
    for (char const* bad : {"", "12", "12 ", " 345", "12 x", "1;reboot 3", "-1 3", "12 345 6"})
        EXPECT_EQ(parse_identity(bad).pid, "") << bad;
}

TEST(ShellText, ReapingAShellThatIsGoneIsGood) {
    RemoteCommand const command = reap_command({.pid = "1", .start = "99999999999"});
    auto const said = run_local({.argv = command.argv});
    ASSERT_TRUE(said);
    EXPECT_EQ(said->exit_status, 0) << said->err;
}

/// A file of commands bounds each of them, so each has a process group of its own.
TEST(ShellText, ReapingEndsWhatACommandOfAFileStarted) {
    RemoteCommand const reap = reap_command({.pid = "1", .start = "1"});
    test::TempFolder const folder;
    std::ofstream(folder / "inner") << R"sh(echo $$ >"$1/pid.new"; mv "$1/pid.new" "$1/pid"
exec sleep 60
)sh";
    std::ofstream(folder / "file") << "timeout 60 sh \"$1/inner\" \"$1\"\n:\n";
    // $1 the script that reaps, $2 the folder.
    constexpr std::string_view play = R"sh(
sh -c '( . "$1/file" ) </dev/null; :' sh "$2" &
shell=$!; tries=0
until [ -e "$2/pid" ]; do tries=$((tries + 1)); [ $tries -lt 100 ] || exit 2; sleep 0.05; done
innermost=$(cat "$2/pid")
sh -c "$1" sh "$shell" "$(cut -d' ' -f22 "/proc/$shell/stat")"
for _ in 1 2 3 4 5 6 7 8 9 10; do
    case $(sed 's/.*) //' "/proc/$innermost/stat" 2>/dev/null) in ''|Z*) exit 0 ;; esac
    sleep 0.1
done
kill -s KILL "$innermost"; exit 3
)sh";
    auto const said =
        run_local({.argv = {"sh", "-c", std::string(play), "sh", reap.argv.at(2), folder.path()}});
    ASSERT_TRUE(said) << said.error().message;
    EXPECT_EQ(said->exit_status, 0) << said->err;
}

TEST(MarkedStream, FindsTheMarksHoweverTheBytesAreCut) {
    std::string const bytes = "greeting BEGIN-1one\nEN END- two\nEND-2 42\nstray";
    for (std::size_t first = 0; first <= bytes.size(); ++first) {
        for (std::size_t second = first; second <= bytes.size(); ++second) {
            ShellOutput output(marks, 100);
            output.out.feed(bytes.substr(0, first));
            output.out.feed(bytes.substr(first, second - first));
            output.out.feed(bytes.substr(second));
            ASSERT_TRUE(output.out.done()) << first << " " << second;
            ASSERT_EQ(output.out.content(), "one\nEN END- two\n");
            ASSERT_EQ(output.out.preamble(), "greeting ");
            ASSERT_EQ(output.exit_status(), 42);
        }
    }
}

TEST(MarkedStream, NoNewlineBeforeTheEndMarkIsNeeded) {
    MarkedStream stream(marks, 100);
    stream.feed("BEGIN-1no newlineEND-2\n");
    EXPECT_TRUE(stream.done());
    EXPECT_EQ(stream.content(), "no newline");
}

TEST(MarkedStream, IsNotDoneBeforeTheLineOfTheEndMarkIs) {
    MarkedStream stream(marks, 100);
    stream.feed("BEGIN-1xEND-2 4");
    EXPECT_FALSE(stream.done());
    stream.feed("2\n");
    EXPECT_TRUE(stream.done());
    EXPECT_EQ(stream.trailer(), " 42");
}

TEST(MarkedStream, ExactlyTheLimitIsFineAndOneMoreIsNot) {
    MarkedStream fits(marks, 5);
    fits.feed("BEGIN-112345END-2\n");
    EXPECT_TRUE(fits.done());
    EXPECT_FALSE(fits.over_limit());
    MarkedStream over(marks, 5);
    over.feed("BEGIN-1123456END-2\n");
    EXPECT_TRUE(over.over_limit());
    MarkedStream endless(marks, 5);
    endless.feed("BEGIN-1" + std::string(20, 'x'));
    EXPECT_TRUE(endless.over_limit());
}

TEST(MarkedStream, AnEndlessPreambleIsNotKept) {
    MarkedStream stream(marks, 5);
    for (int i = 0; i < 1000; ++i) stream.feed(std::string(1000, 'x'));
    EXPECT_LE(stream.preamble().size(), 2048U);
    stream.feed("BEGIN-1ok");
    EXPECT_TRUE(stream.begun());
}

TEST(ShellOutput, AStatusThatIsNotOneIsMinusOne) {
    for (char const* trailer : {"", " ", " x", " -1", " 256", " 1 2", " 99999999999999", "7"}) {
        ShellOutput output(marks, 100);
        output.out.feed(std::string("BEGIN-1END-2") + trailer + "\n");
        EXPECT_EQ(output.exit_status(), -1) << trailer;
    }
}

TEST(ShellMarks, AreNewEachTime) {
    ShellMarks const one = ShellMarks::fresh();
    ShellMarks const two = ShellMarks::fresh();
    EXPECT_NE(one.begin, one.end);
    EXPECT_NE(one.begin, two.begin);
    EXPECT_NE(one.end, two.end);
    EXPECT_GE(one.end.size(), 32U);
}

}  // namespace
}  // namespace interregnum
