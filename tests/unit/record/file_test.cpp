// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/record/codec.h"
#include "harness/record/reader.h"
#include "harness/record/writer.h"
#include "tests/unit/support/temp_folder.h"

namespace interregnum::record {
namespace {

using namespace std::chrono_literals;
using test::TempFolder;

void put(std::string const& path, std::string const& content) {
    std::ofstream(path, std::ios::binary) << content;
}

std::string lines(std::initializer_list<Event> events) {
    std::string text;
    for (Event const& event : events) text += to_line(event) + '\n';
    return text;
}

Attempt attempt(std::int64_t number) {
    auto const due = number * 20ms;
    return {.stream = 1,
            .number = number,
            .due = due,
            .started = due,
            .finished = due + 3ms,
            .outcome = Outcome::ok,
            .token = "o-" + std::to_string(number)};
}

TEST(Reader, ReadsBackWhatTheWriterWrote) {
    TempFolder const folder;
    {
        auto writer = Writer::create(folder / "record.jsonl");
        ASSERT_TRUE(writer) << writer.error().message;
        (*writer)->write(RunStarted{.run_id = "r"});
        (*writer)->write(attempt(2));
        (*writer)->write(attempt(1));
        (*writer)->write(RunEnded{.at = 9s});
        ASSERT_TRUE((*writer)->flush());
    }
    auto const record = read_record(folder / "record.jsonl");
    ASSERT_TRUE(record) << record.error().message;
    EXPECT_EQ(record->run.run_id, "r");
    ASSERT_EQ(record->attempts.size(), 2U);
    EXPECT_EQ(record->attempts[0].number, 1);  // by `started`, not by line
    EXPECT_TRUE(record->ended);
    EXPECT_FALSE(record->truncated);
}

TEST(Reader, LeavesOutWhatIsMostOfALongRun) {
    TempFolder const folder;
    FinalRows const rows{.kind = "orders", .source = "db2", .rows = {{.token = "o-1", .id = 1}}};
    put(folder / "r", lines({RunStarted{.run_id = "r"}, attempt(1), rows, Note{.text = "told"},
                             attempt(2), RunEnded{}}) +
                          "{\"t\":\"attempt\",");
    auto const record = read_record_without_attempts(folder / "r");
    ASSERT_TRUE(record) << record.error().message;
    EXPECT_TRUE(record->attempts.empty());
    EXPECT_TRUE(record->final_rows.empty());
    EXPECT_EQ(record->run.run_id, "r");
    ASSERT_EQ(record->notes.size(), 1U);
    EXPECT_TRUE(record->ended);
    EXPECT_TRUE(record->truncated);
    auto const whole = read_record(folder / "r");
    ASSERT_TRUE(whole) << whole.error().message;
    EXPECT_EQ(whole->attempts.size(), 2U);
    put(folder / "headless", lines({attempt(1)}));
    EXPECT_NE(
        read_record_without_attempts(folder / "headless").error().message.find("not the start"),
        std::string::npos);
}

TEST(Reader, DropsALastLineThatWasCutOff) {
    TempFolder const folder;
    std::string const whole = lines({RunStarted{.run_id = "r"}, attempt(1), attempt(2)});
    put(folder / "r", whole.substr(0, whole.size() - 10));
    auto const record = read_record(folder / "r");
    ASSERT_TRUE(record) << record.error().message;
    EXPECT_TRUE(record->truncated);
    EXPECT_EQ(record->attempts.size(), 1U);
    EXPECT_FALSE(record->ended);
}

TEST(Reader, NamesFileAndLineOfABrokenMiddleLine) {
    TempFolder const folder;
    put(folder / "r", lines({RunStarted{}}) + "{\"t\":\"attempt\",\n" + lines({attempt(1)}));
    auto const record = read_record(folder / "r");
    ASSERT_FALSE(record);
    EXPECT_NE(record.error().message.find(folder / "r" + ":2: "), std::string::npos)
        << record.error().message;
}

TEST(Reader, RefusesWhatIsNoRecord) {
    TempFolder const folder;
    EXPECT_EQ(read_record(folder / "none").error().kind, Error::Kind::not_found);
    put(folder / "empty", "");
    EXPECT_NE(read_record(folder / "empty").error().message.find("holds no run"),
              std::string::npos);
    put(folder / "headless", lines({attempt(1)}));
    EXPECT_NE(read_record(folder / "headless").error().message.find("not the start of a run"),
              std::string::npos);
    put(folder / "newer", lines({RunStarted{.schema = schema_version + 1, .version = "9.9"}}));
    EXPECT_NE(read_record(folder / "newer").error().message.find("9.9"), std::string::npos);
    put(folder / "long", lines({RunStarted{}}) + std::string(std::size_t{5} << 20U, 'x'));
    EXPECT_NE(read_record(folder / "long").error().message.find("longer than 4 MiB"),
              std::string::npos);
}

TEST(Reader, ReadsLinesThatSpanItsBuffer) {
    TempFolder const folder;
    FinalRows rows{.kind = "orders", .source = "db2", .role = "leader", .last = true};
    for (int i = 0; i < 90'000; ++i)  // a line of more than 3 MiB
        rows.rows.push_back({.token = "order-token-" + std::to_string(i), .id = i + 1});
    put(folder / "r", lines({RunStarted{}, attempt(1), rows, RunEnded{}}));
    auto const record = read_record(folder / "r");
    ASSERT_TRUE(record) << record.error().message;
    ASSERT_EQ(record->final_rows.size(), 1U);
    EXPECT_EQ(record->final_rows[0].rows.size(), 90'000U);
    EXPECT_EQ(record->final_rows[0].rows.back().token, "order-token-89999");
    EXPECT_TRUE(record->ended);
}

TEST(Writer, RefusesAFileThatExists) {
    TempFolder const folder;
    put(folder / "r", "x");
    auto const writer = Writer::create(folder / "r");
    ASSERT_FALSE(writer);
    EXPECT_NE(writer.error().message.find("File exists"), std::string::npos);
}

TEST(Writer, SaysWhenTheDiskIsFull) {
    // /dev/full fails every write with ENOSPC.
    TempFolder const folder;
    auto writer = Writer::create(folder / "r");
    ASSERT_TRUE(writer);
    int const full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    ASSERT_GE(full, 0);
    // Puts the full disk where the writer's file is.
    int target = -1;
    for (int fd = 3; fd < 256 && target < 0; ++fd) {
        std::error_code error;
        auto const link =
            std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd), error);
        if (!error && link == folder / "r") target = fd;
    }
    ASSERT_GE(target, 0);
    ASSERT_EQ(::dup2(full, target), target);
    ::close(full);
    (*writer)->write(RunStarted{});
    Status const flushed = (*writer)->flush();
    ASSERT_FALSE(flushed);
    EXPECT_NE(flushed.error().message.find("No space left"), std::string::npos);
}

TEST(Writer, TakesEventsFromManyThreads) {
    TempFolder const folder;
    {
        auto writer = Writer::create(folder / "r");
        ASSERT_TRUE(writer);
        (*writer)->write(RunStarted{});
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&writer, t] {
                for (std::int64_t i = 0; i < 500; ++i) (*writer)->write(attempt(t * 500 + i));
            });
        threads.clear();
    }
    auto const record = read_record(folder / "r");
    ASSERT_TRUE(record) << record.error().message;
    EXPECT_EQ(record->attempts.size(), 2000U);
}

// What is queued while the thread rests, writes or gathers reaches the file without being asked
// for.
TEST(Writer, WritesEachEventByItself) {
    TempFolder const folder;
    auto writer = Writer::create(folder / "r");
    ASSERT_TRUE(writer);
    (*writer)->write(RunStarted{});
    auto const line_count = [&] {
        std::ifstream file(folder / "r");
        return std::count(std::istreambuf_iterator<char>(file), {}, '\n');
    };
    for (std::int64_t i = 0; i < 99; ++i) {
        // One after a rest, and two in a row.
        if (i % 3 == 0) SteadyClock().sleep_for(std::chrono::milliseconds(3), {});
        (*writer)->write(attempt(i));
        if (i % 3 == 1) continue;
        auto const give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (line_count() < i + 2 && std::chrono::steady_clock::now() < give_up)
            SteadyClock().sleep_for(std::chrono::microseconds(200), {});
        ASSERT_EQ(line_count(), i + 2) << "not all events reached the file";
    }
}

// A controller that is killed with SIGKILL while it writes: everything it had flushed is there,
// and what follows is a prefix of what it wrote.
TEST(Writer, LosesNothingFlushedWhenKilled) {
    TempFolder const folder;
    std::string const path = folder / "record.jsonl";
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
    pid_t const child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        auto writer = Writer::create(path);
        if (!writer) ::_exit(1);
        (*writer)->write(RunStarted{.run_id = "killed"});
        for (std::int64_t i = 0;; ++i) {
            (*writer)->write(attempt(i));
            if (i % 200 != 199) continue;
            if (!(*writer)->flush()) ::_exit(1);
            std::int64_t const safe = i + 1;
            if (::write(pipe[1], &safe, sizeof safe) != sizeof safe) ::_exit(1);
        }
    }
    ::close(pipe[1]);
    std::int64_t safe = 0;
    for (int reports = 0; reports < 5; ++reports)
        ASSERT_EQ(::read(pipe[0], &safe, sizeof safe), static_cast<ssize_t>(sizeof safe));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself";
    for (std::int64_t later = 0; ::read(pipe[0], &later, sizeof later) == sizeof later;)
        safe = later;
    ::close(pipe[0]);

    auto const record = read_record(path);
    ASSERT_TRUE(record) << record.error().message;
    EXPECT_EQ(record->run.run_id, "killed");
    EXPECT_FALSE(record->ended);
    ASSERT_GE(static_cast<std::int64_t>(record->attempts.size()), safe);
    for (std::size_t i = 0; i < record->attempts.size(); ++i)
        ASSERT_EQ(record->attempts[i].number, static_cast<std::int64_t>(i));
}

TEST(Record, SpeedOfAHundredThousandAttempts) {
    TempFolder const folder;
    constexpr std::int64_t count = 100'000;
    auto const begin = std::chrono::steady_clock::now();
    {
        auto writer = Writer::create(folder / "r");
        ASSERT_TRUE(writer);
        (*writer)->write(RunStarted{});
        for (std::int64_t i = 0; i < count; ++i) (*writer)->write(attempt(i));
    }
    auto const written = std::chrono::steady_clock::now();
    auto const record = read_record(folder / "r");
    auto const read = std::chrono::steady_clock::now();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->attempts.size(), static_cast<std::size_t>(count));
    // Told, not judged: machines differ.
    auto const ms = [](auto span) {
        return static_cast<long long>(
            std::chrono::duration_cast<std::chrono::milliseconds>(span).count());
    };
    std::printf("100,000 attempts: written in %lld ms, read in %lld ms\n", ms(written - begin),
                ms(read - written));
}

}  // namespace
}  // namespace interregnum::record
