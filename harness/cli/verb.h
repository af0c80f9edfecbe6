// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/exit_code.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

/// The command line as verbs see it: what they take and what they do. CLI11 stays behind it, being
/// headers only: each file that includes them compiles for seconds.
namespace interregnum {

/// One option, flag or positional argument of a verb, to say more about it. A reference to what
/// the verb keeps; copies name the same one.
class Argument {
public:
    explicit Argument(CLI::Option& option) : option_(&option) {}

    Argument& required();
    /// Its value when nothing is said stands in the help.
    Argument& shows_default();
    /// It may be said together with `other` only.
    Argument& needs(Argument const& other);
    Argument& one_of(std::vector<std::string> const& values);
    Argument& between(int least, int most);
    /// `mistake` says what is wrong with a value, "" when nothing is.
    Argument& checked_by(std::function<std::string(std::string const&)> mistake);
    /// Said once more for each further value: what follows the first is somebody else's.
    Argument& one_value_each_time();

private:
    CLI::Option* option_;
};

/// A verb, or the program itself, as its verbs are added to it. What values are read into must
/// outlive the program's parsing, which calls what the chosen verb does and keeps its exit code.
class Verb {
public:
    Verb(CLI::App& app, int& exit_code) : app_(&app), exit_code_(&exit_code) {}

    /// A verb below this one.
    [[nodiscard]] Verb add(std::string name, std::string what_for) const;
    /// In no help; for the program's own use.
    [[nodiscard]] Verb add_hidden(std::string name, std::string what_for) const;
    /// One of its own verbs must follow.
    void takes_verb() const;

    /// `names`: "--out", "-v,--verbose", or "FILE" for a positional argument.
    Argument takes(std::string names, std::string& into, std::string what_for) const;
    Argument takes(std::string names, std::vector<std::string>& into, std::string what_for) const;
    Argument takes(std::string names, int& into, std::string what_for) const;
    Argument takes(std::string names, std::optional<std::uint64_t>& into,
                   std::string what_for) const;
    /// A value that is handed on as it is read.
    Argument takes_with(std::string names, std::function<void(std::string const&)> const& read,
                        std::string what_for) const;
    Argument flag(std::string names, bool& into, std::string what_for) const;

    /// The last lines of its help: an example, exit codes.
    void footer(std::string text) const;
    void does(std::function<ExitCode()> action) const;
    /// Whatever follows its positional arguments is a command of somebody else's, with its options.
    void does_with_rest(std::function<ExitCode(std::vector<std::string> const& rest)> action) const;

private:
    CLI::App* app_;
    int* exit_code_;
};

}  // namespace interregnum
