// SPDX-License-Identifier: MIT
#include "tests/cluster/support/drill.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace interregnum::test {

namespace fs = std::filesystem;

std::string binary() {
    char const* path = std::getenv("INTERREGNUM_BINARY");
    return path == nullptr ? "interregnum" : path;
}

RunsFolder::RunsFolder() {
    std::string pattern = (fs::temp_directory_path() / "interregnum-runs-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
}

RunsFolder::~RunsFolder() {
    std::error_code ignored;
    // What a failed test leaves is worth a look.
    if (!testing::Test::HasFailure()) fs::remove_all(path_, ignored);
}

std::string RunsFolder::only_run() const {
    std::vector<std::string> runs;
    for (auto const& entry : fs::directory_iterator(path_)) runs.push_back(entry.path().string());
    std::ranges::sort(runs);
    return runs.empty() ? "" : runs.back();
}

LocalResult call(std::vector<std::string> arguments, Duration timeout) {
    arguments.insert(arguments.begin(), binary());
    auto result = run_local({.argv = std::move(arguments), .timeout = timeout});
    if (!result) {
        ADD_FAILURE() << result.error().message;
        return {.exit_status = -1, .out = "", .err = result.error().message};
    }
    return std::move(*result);
}

Background::Background(std::vector<std::string> argv, std::string const& output_file) {
    std::vector<char*> words;
    words.reserve(argv.size() + 1);
    for (std::string& word : argv) words.push_back(word.data());
    words.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ != 0) return;
    // A test that is killed, by its runner's limit for one, leaves nobody behind.
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    int const out = ::open(output_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(out, 1);
    ::dup2(out, 2);
    ::execvp(words[0], words.data());
    ::_exit(127);
}

Background::~Background() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

void Background::signal(int number) const {
    // Ended, or never started: -1 would be everybody on this machine (kill(2)).
    if (pid_ > 0) ::kill(pid_, number);
}

std::optional<int> Background::wait(Duration timeout) {
    if (pid_ <= 0) return std::nullopt;
    SteadyClock clock;
    Instant const deadline = clock.now() + timeout;
    int status = 0;
    while (::waitpid(pid_, &status, WNOHANG) == 0) {
        if (clock.now() >= deadline) return std::nullopt;
        clock.sleep_for(std::chrono::milliseconds(50), {});
    }
    pid_ = -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

std::string read_file(std::string const& path) {
    std::ifstream const file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

bool wait_for_text(std::string const& path, std::string const& text, Duration timeout) {
    SteadyClock clock;
    Instant const deadline = clock.now() + timeout;
    while (!read_file(path).contains(text)) {
        if (clock.now() >= deadline) return false;
        clock.sleep_for(std::chrono::milliseconds(50), {});
    }
    return true;
}

namespace {

// Without the tracebacks of health checks that hung up early.
constexpr char const* last_words =
    "journalctl --unit patroni --no-pager --lines 3000 | "
    "grep -E 'INFO:|WARNING:|ERROR:|LOG:|FATAL:|PANIC:|rewind' | tail -n 30";

void make_lab_anew(std::string found) {
    for (char const* node : {"db1", "db2", "db3"})
        found += std::string(node) + ": " + call({"lab", "exec", node, "sh", "-c", last_words}).out;
    auto const* test = testing::UnitTest::GetInstance()->current_test_info();
    found = "before " + std::string(test->test_suite_name()) + '.' + test->name() + ":\n" + found;
    std::printf("the lab was broken, and is made anew; %s\n", found.c_str());
    if (char const* renewals = std::getenv("INTERREGNUM_LAB_RENEWALS"))
        std::ofstream(renewals, std::ios::app) << found;
    renew_lab();
    LocalResult const healed = call({"heal", "--all", "--inventory", "lab"});
    ASSERT_EQ(healed.exit_status, 0) << healed.out << healed.err;
}

}  // namespace

void expect_healthy() {
    LocalResult const healed = call({"heal", "--all", "--inventory", "lab"});
    if (healed.exit_status != 0) make_lab_anew(healed.out + healed.err);
}

void renew_lab() {
    LocalResult const down = call({"lab", "down"});
    ASSERT_EQ(down.exit_status, 0) << down.out << down.err;
    LocalResult const up = call({"lab", "up", "--set", "patroni.synchronous_mode=true"});
    ASSERT_EQ(up.exit_status, 0) << up.out << up.err;
}

void expect_redundant_lab() {
    SteadyClock clock;
    Instant const deadline = clock.now() + std::chrono::seconds(90);
    LocalResult status = call({"status", "--inventory", "lab"});
    while (status.exit_status != 0 && clock.now() < deadline) {
        clock.sleep_for(std::chrono::seconds(1), {});
        status = call({"status", "--inventory", "lab"});
    }
    if (status.exit_status != 0) make_lab_anew(status.out + status.err);
}

}  // namespace interregnum::test
