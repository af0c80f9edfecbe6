// SPDX-License-Identifier: MIT
// A client of its own kind, to judge the program by: it shares no code with it and links nothing
// of it. Fifty times a second it opens a new connection, inserts one row, and notes when it began
// and when (and whether) it was done. Blocking libpq, a hundred threads; it never retries.
//
// usage: independent_client SECONDS OUTPUT_FILE   (the server by PGHOST, PGPORT, PGUSER...)
// A line an attempt: "<start ns> <end ns> <1 if acknowledged>", CLOCK_MONOTONIC.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <libpq-fe.h>

namespace {

using Clock = std::chrono::steady_clock;

constexpr int rate_hz = 50;
constexpr int threads = 100;  // each is due every 2 s, longer than an attempt may take

struct Line {
    long long start_ns;
    long long end_ns;
    bool acknowledged;
};

long long ns(Clock::time_point at) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count();
}

bool insert_once() {
    PGconn* connection = PQconnectdb("connect_timeout=2 gssencmode=disable");
    bool done = false;
    if (PQstatus(connection) == CONNECTION_OK) {
        PGresult* result = PQexec(connection, "INSERT INTO independent.attempts DEFAULT VALUES");
        done = PQresultStatus(result) == PGRES_COMMAND_OK;
        PQclear(result);
    }
    PQfinish(connection);
    return done;
}

void work(int index, Clock::time_point begin, Clock::time_point end, std::vector<Line>& lines) {
    auto const period = std::chrono::nanoseconds(1'000'000'000LL * threads / rate_hz);
    for (auto due = begin + period * index / threads; due < end; due += period) {
        if (due < Clock::now()) continue;  // still busy with the last one when this was due
        std::this_thread::sleep_until(due);
        auto const start = Clock::now();
        bool const done = insert_once();
        lines.push_back({ns(start), ns(Clock::now()), done});
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 64;
    PGconn* connection = PQconnectdb("");
    PGresult* result = PQexec(connection,
                              "CREATE SCHEMA IF NOT EXISTS independent;"
                              "CREATE TABLE IF NOT EXISTS independent.attempts (n bigserial)");
    bool const ready = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!ready) std::fprintf(stderr, "%s", PQerrorMessage(connection));
    PQclear(result);
    PQfinish(connection);
    if (!ready) return 1;

    auto const begin = Clock::now() + std::chrono::milliseconds(100);
    auto const end = begin + std::chrono::seconds(std::atoi(argv[1]));
    std::vector<std::vector<Line>> lines(threads);
    std::vector<std::jthread> workers;
    for (int index = 0; index < threads; ++index)
        workers.emplace_back(work, index, begin, end, std::ref(lines[static_cast<size_t>(index)]));
    workers.clear();

    std::FILE* file = std::fopen(argv[2], "w");
    if (file == nullptr) return 1;
    for (auto const& of_thread : lines)
        for (Line const& line : of_thread)
            std::fprintf(file, "%lld %lld %d\n", line.start_ns, line.end_ns,
                         line.acknowledged ? 1 : 0);
    return std::fclose(file) == 0 ? 0 : 1;
}
