// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/record/event.h"

namespace interregnum::test {

/// Makes run records whose truth is known: streams on a grid, outages at given instants, members
/// that take over, final rows that fit or do not.
class RecordBuilder {
public:
    using Offset = record::Offset;

    explicit RecordBuilder(std::uint64_t seed = 7);

    record::Record record;  ///< everything but attempts and final rows; change it freely
    Offset length{std::chrono::seconds(60)};
    std::set<std::string> lose;     ///< tokens to leave out of the leader's final rows
    std::set<std::string> doubled;  ///< tokens to put there twice
    bool failed_ones_present{};     ///< the first failed attempt with a token is there (a ghost)
    bool final_reads{true};

    /// Declares a stream; returns its id.
    int stream(std::string probe, record::Service service, std::string entry,
               record::Connection connection, Offset period, Offset deadline);
    /// Attempts of the stream that start in [from, to) are not acknowledged.
    void down(int stream, Offset from, Offset to);
    /// A fault through all its stages: injected at `at` (20 ms long), verified, undone.
    void fault(std::string kind, std::string node, Offset at, Offset undone_at);
    void member(std::string node, Offset previous, Offset at, bool reachable, bool lock,
                bool writable, std::int64_t timeline);
    void expect(std::string measure, std::string op, std::int64_t limit, std::string text,
                bool by_default = false);
    /// Makes the attempts and the final rows, and an end. Call once, last.
    [[nodiscard]] record::Record build();

private:
    record::Attempt attempt(record::StreamDeclared const& stream, std::int64_t number);
    static std::string token_prefix(record::StreamDeclared const& stream);
    void add_final_rows();

    std::mt19937_64 random_;
    std::vector<std::pair<int, std::pair<Offset, Offset>>> outages_;
};

/// The drill of the design's sample: db1 loses power at 12 s, db2 takes over. Two entry points,
/// kept and fresh orders, reads, carts in Redis, a ticket a second.
[[nodiscard]] RecordBuilder killed_leader(std::uint64_t seed = 7);

}  // namespace interregnum::test
