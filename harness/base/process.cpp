// SPDX-License-Identifier: MIT
#include "harness/base/process.h"

#include <algorithm>
#include <cctype>
#include <csignal>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/process.hpp>
#include <boost/process/extend.hpp>
#include <fmt/format.h>
#include <unistd.h>

namespace interregnum {

namespace bp = boost::process;

namespace {

/// Reads one stream of the child to its end, keeping at most `limit` bytes.
class Drain {
public:
    Drain(bp::async_pipe& pipe, std::string& kept, std::size_t limit)
        : pipe_(pipe), kept_(kept), limit_(limit) {}
    void start() {
        pipe_.async_read_some(boost::asio::buffer(chunk_),
                              [this](boost::system::error_code error, std::size_t got) {
                                  std::size_t const room = limit_ - kept_.size();
                                  kept_.append(chunk_.data(), std::min(got, room));
                                  if (!error) start();
                              });
    }

private:
    bp::async_pipe& pipe_;
    std::string& kept_;
    std::size_t limit_;
    std::array<char, 16384> chunk_{};
};

/// The child in a process group of its own, so that a timeout ends its children with it, and
/// with the signals that we block unblocked.
struct OwnGroup : bp::extend::handler {
    template <class Executor>
    void on_exec_setup(Executor&) const {
        ::setpgid(0, 0);
        sigset_t none;
        ::sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        ::signal(SIGPIPE, SIG_DFL);
    }
};

/// The arguments as they are. Boost's own `bp::args` takes the first letter of each, which ends
/// the program (_GLIBCXX_ASSERTIONS) when one is empty.
struct Arguments : bp::extend::handler {
    explicit Arguments(std::vector<std::string> const& argv) : words(argv) {
        for (std::string& word : words) pointers.push_back(word.data());
        pointers.push_back(nullptr);
    }
    Arguments(Arguments const& other) : Arguments(other.words) {}
    Arguments& operator=(Arguments const&) = delete;
    template <class Executor>
    void on_setup(Executor& executor) const {
        executor.cmd_line = pointers.data();
    }
    std::vector<std::string> words;
    std::vector<char*> pointers;
};

/// Our environment with the command's own variables in place of ours of the same names. Boost's
/// own bp::environment compares names past the end of shorter entries (seen by ASan).
struct Environment : bp::extend::handler {
    explicit Environment(std::vector<std::string> const& added) : words(added) {
        for (char** entry = ::environ; *entry != nullptr; ++entry) {
            std::string_view const pair = *entry;
            std::string_view const name = pair.substr(0, pair.find('=') + 1);
            if (std::ranges::none_of(added,
                                     [name](auto const& one) { return one.starts_with(name); }))
                words.emplace_back(pair);
        }
        for (std::string& word : words) pointers.push_back(word.data());
        pointers.push_back(nullptr);
    }
    Environment(Environment const& other) : words(other.words) {
        for (std::string& word : words) pointers.push_back(word.data());
        pointers.push_back(nullptr);
    }
    Environment& operator=(Environment const&) = delete;
    template <class Executor>
    void on_setup(Executor& executor) const {
        executor.env = const_cast<char**>(pointers.data());  // execve does not write there
    }
    std::vector<std::string> words;
    std::vector<char*> pointers;
};

int status_of(bp::child const& child) {
    int const raw = child.native_exit_code();
    if (WIFSIGNALED(raw)) return 128 + WTERMSIG(raw);
    return WEXITSTATUS(raw);
}

/// Waits for the child with a deadline; kills its group when it passes or a stop is asked for.
Status wait_for_end(boost::asio::io_context& io, bp::child& child, LocalCommand const& command,
                    std::stop_token const& stop) {
    auto const deadline = std::chrono::steady_clock::now() + command.timeout;
    auto const kill_group = [&] {
        ::kill(-child.id(), SIGKILL);
        std::error_code ignored;
        child.wait(ignored);
    };
    while (true) {
        io.run_for(std::chrono::milliseconds(20));
        std::error_code ignored;
        if (!child.running(ignored)) return {};
        if (io.stopped()) {  // its pipes are closed but it still runs: do not spin
            io.restart();
            SteadyClock().sleep_for(std::chrono::milliseconds(2), stop);
        }
        if (stop.stop_requested()) {
            kill_group();
            return fail(Error::Kind::stopped,
                        "stopped while running " + show_command(command.argv));
        }
        if (std::chrono::steady_clock::now() >= deadline) {
            kill_group();
            double const seconds = std::chrono::duration<double>(command.timeout).count();
            return fail(Error::Kind::timeout, fmt::format("{} did not end within {:g} s; killed",
                                                          show_command(command.argv), seconds));
        }
    }
}

}  // namespace

Result<LocalResult> run_local(LocalCommand const& command, std::stop_token stop) {
    if (command.argv.empty()) return fail(Error::Kind::invalid, "an empty command");
    auto const program = command.argv[0].find('/') == std::string::npos
                             ? bp::search_path(command.argv[0])
                             : boost::filesystem::path(command.argv[0]);
    if (program.empty())
        return fail(Error::Kind::not_found,
                    command.argv[0] + " is not installed (not found in PATH)");
    LocalResult result;
    try {
        boost::asio::io_context io;
        bp::async_pipe in(io);
        bp::async_pipe out(io);
        bp::async_pipe err(io);
        bp::child child(bp::exe = program, Environment(command.environment),
                        bp::std_in<in, bp::std_out> out, bp::std_err > err, Arguments(command.argv),
                        OwnGroup{});
        Drain drain_out(out, result.out, command.output_limit);
        Drain drain_err(err, result.err, command.output_limit);
        drain_out.start();
        drain_err.start();
        boost::asio::async_write(in, boost::asio::buffer(command.input),
                                 [&](boost::system::error_code, std::size_t) { in.async_close(); });
        if (auto ended = wait_for_end(io, child, command, stop); !ended)
            return std::unexpected(ended.error());
        // What the child wrote last is still in the pipes. A grandchild may hold them open for
        // ever, so this is bounded too.
        io.restart();
        io.run_for(std::chrono::milliseconds(200));
        result.exit_status = status_of(child);
    } catch (std::exception const& error) {
        return fail(Error::Kind::failed,
                    fmt::format("cannot run {}: {}", show_command(command.argv), error.what()));
    }
    return result;
}

Result<std::string> check_local(LocalCommand const& command, std::stop_token stop) {
    auto result = run_local(command, std::move(stop));
    if (!result) return std::unexpected(result.error());
    if (result->exit_status != 0) {
        std::string said = result->err.empty() ? result->out : result->err;
        if (said.size() > 2000) said = "..." + said.substr(said.size() - 2000);
        while (!said.empty() && said.back() == '\n') said.pop_back();
        return fail(Error::Kind::failed,
                    fmt::format("{} exited with {}: {}", show_command(command.argv),
                                result->exit_status, said));
    }
    return std::move(result->out);
}

std::string show_command(std::vector<std::string> const& argv) {
    std::string text;
    for (std::string const& word : argv) {
        if (!text.empty()) text += ' ';
        bool plain = !word.empty();
        for (char const letter : word) {
            bool const safe = std::isalnum(static_cast<unsigned char>(letter)) != 0 ||
                              std::string_view("_-./:=@,+%").contains(letter);
            plain = plain && safe;
        }
        if (plain) {
            text += word;
            continue;
        }
        text += '\'';
        for (char const letter : word) text += letter == '\'' ? "'\\''" : std::string(1, letter);
        text += '\'';
    }
    return text;
}

}  // namespace interregnum
