// SPDX-License-Identifier: MIT
#include "harness/base/process.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/process.hpp>
#include <boost/process/extend.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <sys/socket.h>
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
        ::setpgid(0, 0);  // says no to the leader of a session, whose group it is already
        sigset_t none;
        ::sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        ::signal(SIGPIPE, SIG_DFL);
        // The pipes of children that other threads start at this moment: one of them kept open
        // here would keep the other child's stdin from ending.
        ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    }
};

/// Our ends of a child's streams, and its own while it is started.
struct Streams {
    Streams() = default;
    Streams(Streams const&) = delete;
    Streams& operator=(Streams const&) = delete;
    ~Streams() {
        close_all(ours);
        close_all(theirs);
    }
    [[nodiscard]] bool open() {
        std::array<int, 2> pair{};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) return false;
        keep(0, pair[0], pair[1]);
        for (std::size_t const stream : {1U, 2U}) {
            if (::pipe2(pair.data(), O_CLOEXEC) != 0) return false;
            keep(stream, pair[0], pair[1]);
        }
        return true;
    }
    void keep(std::size_t stream, int mine, int its) {
        ours[stream] = mine;
        theirs[stream] = its;
        ::fcntl(mine, F_SETFL, O_NONBLOCK);
    }
    static void close_all(std::array<int, 3>& fds) {
        for (int& fd : fds) {
            if (fd >= 0) ::close(fd);
            fd = -1;
        }
    }
    std::array<int, 3> ours{-1, -1, -1};
    std::array<int, 3> theirs{-1, -1, -1};
};

/// As OwnGroup, in a session of its own and with these streams.
struct OwnSession : bp::extend::handler {
    explicit OwnSession(std::array<int, 3> const& fds) : streams(fds) {}
    template <class Executor>
    void on_exec_setup(Executor& executor) const {
        ::setsid();
        for (int stream = 0; stream < 3; ++stream)
            ::dup2(streams[static_cast<std::size_t>(stream)], stream);
        OwnGroup().on_exec_setup(executor);
    }
    std::array<int, 3> streams;
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

Result<boost::filesystem::path> find_program(std::string const& name) {
    auto path =
        name.find('/') == std::string::npos ? bp::search_path(name) : boost::filesystem::path(name);
    if (path.empty())
        return fail(Error::Kind::not_found, name + " is not installed (not found in PATH)");
    return path;
}

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

struct ChildProcess::State {
    Streams streams;
    bp::child child;
    std::optional<int> status;
};

ChildProcess::ChildProcess(std::unique_ptr<State> state) : state_(std::move(state)) {}
ChildProcess::ChildProcess(ChildProcess&& other) noexcept = default;
ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
}

ChildProcess::~ChildProcess() {
    if (!state_) return;
    if (state_->status) return;  // collected: its group's number may be another's by now
    ::kill(-state_->child.id(), SIGKILL);
    std::error_code ignored;
    state_->child.wait(ignored);
}

Result<ChildProcess> ChildProcess::start(Program const& program) {
    if (program.argv.empty()) return fail(Error::Kind::invalid, "an empty command");
    auto const path = find_program(program.argv[0]);
    if (!path) return std::unexpected(path.error());
    auto state = std::make_unique<State>();
    if (!state->streams.open())
        return fail(Error::Kind::failed,
                    fmt::format("no pipe for {}: {}", program.argv[0], std::strerror(errno)));
    try {
        state->child = bp::child(bp::exe = *path, Environment(program.environment),
                                 Arguments(program.argv), OwnSession(state->streams.theirs));
    } catch (std::exception const& error) {
        return fail(Error::Kind::failed,
                    fmt::format("cannot run {}: {}", show_command(program.argv), error.what()));
    }
    Streams::close_all(state->streams.theirs);
    return ChildProcess(std::move(state));
}

int ChildProcess::input() const { return state_->streams.ours[0]; }
int ChildProcess::output() const { return state_->streams.ours[1]; }
int ChildProcess::errors() const { return state_->streams.ours[2]; }

std::optional<int> ChildProcess::exit_status() {
    std::error_code ignored;
    if (!state_->status && !state_->child.running(ignored))
        state_->status = status_of(state_->child);
    return state_->status;
}

Result<LocalResult> run_local(LocalCommand const& command, std::stop_token stop) {
    if (command.argv.empty()) return fail(Error::Kind::invalid, "an empty command");
    auto const program = find_program(command.argv[0]);
    if (!program) return std::unexpected(program.error());
    LocalResult result;
    try {
        boost::asio::io_context io;
        bp::async_pipe in(io);
        bp::async_pipe out(io);
        bp::async_pipe err(io);
        bp::child child(bp::exe = *program, Environment(command.environment),
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
