// SPDX-License-Identifier: MIT
#include "harness/lab/lab.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>

#include <fmt/format.h>
#include <unistd.h>

#include "harness/base/exit_code.h"
#include "harness/cli/verbs.h"
#include "harness/engine/signals.h"
#include "harness/lab/programs.h"

namespace interregnum {
namespace {

void say(std::string_view line) {
    fmt::print("lab: {}\n", line);
    std::fflush(stdout);
}

ExitCode report(Error const& error) {
    fmt::print(stderr, "interregnum: lab: {}\n", error.message);
    if (error.kind == Error::Kind::invalid) return ExitCode::usage;
    if (error.kind == Error::Kind::stopped) return ExitCode::interrupted;
    return ExitCode::harness_error;
}

Result<std::string> own_path() {
    std::error_code error;
    auto path = std::filesystem::read_symlink("/proc/self/exe", error);
    if (error) return fail(Error::Kind::failed, "/proc/self/exe: " + error.message());
    return path.string();
}

ExitCode supervise() {
    Status const done = supervise_lab();
    return done ? ExitCode::pass : report(done.error());
}

ExitCode up(std::vector<std::string> const& set, std::vector<std::string> const& defects) {
    auto const settings = parse_lab_settings(set, defects);
    if (!settings) return report(settings.error());
    auto const program = own_path();
    if (!program) return report(program.error());
    StopOnSignal const signals;
    auto const done = lab_up(*settings, *program, say, signals.token());
    if (!done) {
        ExitCode const code = report(done.error());
        bool const gave_up = code != ExitCode::usage && done.error().kind != Error::Kind::refused;
        return gave_up && !lab_leftovers().empty() ? ExitCode::not_undone : code;
    }
    if (*done == LabUp::already_up) say("it is up already, with the same settings");
    say("inventory: " + running_lab().value_or(""));
    return ExitCode::pass;
}

ExitCode down() {
    StopOnSignal const signals;  // half a removal helps nobody: it runs to its end
    auto const left = lab_down(say);
    if (!left) return report(left.error());
    for (std::string const& problem : *left)
        fmt::print(stderr, "interregnum: lab down: {}\n", problem);
    return left->empty() ? ExitCode::pass : ExitCode::not_undone;
}

ExitCode status() {
    auto const text = lab_status();
    if (!text) return report(text.error());
    fmt::print("{}", *text);
    return ExitCode::pass;
}

/// Becomes the command, so that its stdin, stdout, terminal and exit status are its own.
ExitCode exec(std::string const& node, std::vector<std::string> const& command) {
    if (command.empty())
        return report(Error{Error::Kind::invalid, "expected: lab exec NODE COMMAND [ARGUMENT...]"});
    auto argv = lab_exec_prefix(node);
    if (!argv) return report(argv.error());
    if (char const* terminal = std::getenv("TERM"); terminal != nullptr)
        argv->push_back(std::string("TERM=") + terminal);
    argv->insert(argv->end(), command.begin(), command.end());
    auto const program = find_program(argv->front());
    if (!program) return report(program.error());
    std::vector<char*> words;
    words.reserve(argv->size() + 1);
    for (std::string& word : *argv) words.push_back(word.data());
    words.push_back(nullptr);
    sigset_t none;
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, nullptr);
    signal(SIGPIPE, SIG_DFL);
    execv(program->c_str(), words.data());
    return report(Error{Error::Kind::failed, *program + ": " + std::strerror(errno)});
}

void add_power(Verb const& lab, std::string name, std::string help,
               Status (*power)(std::string_view node)) {
    auto node = std::make_shared<std::string>();
    Verb const verb = lab.add(std::move(name), std::move(help));
    verb.takes("node", *node, "db1 db2 db3 app1 app2").required();
    verb.does([node, power] {
        StopOnSignal const signals;
        Status const done = power(*node);
        return done ? ExitCode::pass : report(done.error());
    });
}

void add_exec(Verb const& lab) {
    auto node = std::make_shared<std::string>();
    Verb const verb = lab.add("exec", "run a command as root in a node");
    verb.takes("node", *node, "db1 db2 db3 app1 app2").required();
    verb.footer("Example: interregnum lab exec db1 systemctl status patroni");
    verb.does_with_rest(
        [node](std::vector<std::string> const& command) { return exec(*node, command); });
}

}  // namespace

void add_lab_verb(Verb const& program) {
    Verb const lab = program.add("lab", "a real cluster on this machine");
    lab.takes_verb();
    auto set = std::make_shared<std::vector<std::string>>();
    Verb const up_verb = lab.add("up", "bring it up, and wait until it is healthy");
    up_verb.takes("--set", *set, "NAME=VALUE, may be repeated; the names are below")
        .one_value_each_time();
    auto defects = std::make_shared<std::vector<std::string>>();
    up_verb
        .takes("--defect", *defects,
               "something wrong on purpose, to see it found, may be repeated; the names are below")
        .one_value_each_time();
    up_verb.footer("Settings:\n" + describe_lab_settings() + "\nDefects:\n" + describe_defects());
    up_verb.does([set, defects] { return up(*set, *defects); });
    lab.add("down", "remove all of it; also after a crash").does(down);
    lab.add("status", "nodes, roles, and what is not healthy").does(status);
    // For `lab up` only.
    lab.add_hidden("supervise", "boot nodes again that reboot").does(supervise);
    add_exec(lab);
    add_power(lab, "power-off", "a node loses power", lab_power_off);
    add_power(lab, "power-on", "a node boots again, from its disk", lab_power_on);
}

}  // namespace interregnum
