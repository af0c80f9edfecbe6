// SPDX-License-Identifier: MIT
#include "harness/cli/verb.h"

#include <utility>

#include <CLI/CLI.hpp>

namespace interregnum {

Argument& Argument::required() {
    option_->required();
    return *this;
}

Argument& Argument::shows_default() {
    option_->capture_default_str();
    return *this;
}

Argument& Argument::needs(Argument const& other) {
    option_->needs(other.option_);
    return *this;
}

Argument& Argument::one_of(std::vector<std::string> const& values) {
    option_->check(CLI::IsMember(values));
    return *this;
}

Argument& Argument::between(int least, int most) {
    option_->check(CLI::Range(least, most));
    return *this;
}

Argument& Argument::checked_by(std::function<std::string(std::string const&)> mistake) {
    option_->check(std::move(mistake));
    return *this;
}

Argument& Argument::one_value_each_time() {
    option_->allow_extra_args(false);
    return *this;
}

Verb Verb::add(std::string name, std::string what_for) const {
    return {*app_->add_subcommand(std::move(name), std::move(what_for)), *exit_code_};
}

Verb Verb::add_hidden(std::string name, std::string what_for) const {
    return {*app_->add_subcommand(std::move(name), std::move(what_for))->group(""), *exit_code_};
}

void Verb::takes_verb() const { app_->require_subcommand(1); }

Argument Verb::takes(std::string names, std::string& into, std::string what_for) const {
    return Argument(*app_->add_option(std::move(names), into, std::move(what_for)));
}

Argument Verb::takes(std::string names, std::vector<std::string>& into,
                     std::string what_for) const {
    return Argument(*app_->add_option(std::move(names), into, std::move(what_for)));
}

Argument Verb::takes(std::string names, int& into, std::string what_for) const {
    return Argument(*app_->add_option(std::move(names), into, std::move(what_for)));
}

Argument Verb::takes(std::string names, std::optional<std::uint64_t>& into,
                     std::string what_for) const {
    return Argument(*app_->add_option(std::move(names), into, std::move(what_for)));
}

Argument Verb::takes_with(std::string names, std::function<void(std::string const&)> const& read,
                          std::string what_for) const {
    return Argument(
        *app_->add_option_function<std::string>(std::move(names), read, std::move(what_for)));
}

Argument Verb::flag(std::string names, bool& into, std::string what_for) const {
    return Argument(*app_->add_flag(std::move(names), into, std::move(what_for)));
}

void Verb::footer(std::string text) const { app_->footer(std::move(text)); }

void Verb::does(std::function<ExitCode()> action) const {
    app_->callback([action = std::move(action), exit_code = exit_code_] {
        *exit_code = static_cast<int>(action());
    });
}

void Verb::does_with_rest(
    std::function<ExitCode(std::vector<std::string> const& rest)> action) const {
    app_->fallthrough(false);
    app_->prefix_command();
    does([action = std::move(action), app = app_] { return action(app->remaining()); });
}

}  // namespace interregnum
