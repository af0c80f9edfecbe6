// SPDX-License-Identifier: MIT
#include "harness/engine/tail_keeper.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/unit/support/scripted_transport.h"
#include "tests/unit/support/temp_folder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::WalTail;

constexpr std::int64_t segment = 16LL << 20U;
constexpr std::string_view history_of_db2 = "1\t0/3008660\tno recovery target specified\n";

/// What the script printed of a server (PostgreSQL 15) that was stopped with `immediate`.
std::string tail_of(std::string_view state = "in production", std::string_view timeline = "1",
                    std::string_view more = "steady=yes\n") {
    return fmt::format(
        "state={}\ntimeline={}\ncheckpoint=0/2000060\nsegment_bytes=16777216\n"
        "first_commit=2026-11-23 04:39:35.898721 UTC\nrecords=108\ncommits=3\n"
        "kind.Transaction=3\nkind.Heap=105\n"
        "last_commit=2026-11-23 04:39:35.916649 UTC\nlast=0/03030888\n"
        "last_length=8233\nown=0/03030888\nown_length=8233\nswitched=0\nsaid=pg_waldump: error: "
        "error in WAL record "
        "at 0/3030888: invalid magic number 0000\n{}",
        state, timeline, more);
}

Result<TailLook> look_at(std::string_view out) {
    return parse_tail(out, {.node = "db1", .timeline = 1, .fork = 0x3008660});
}

TEST(WalTail, EndsBehindItsLastRecord) {
    auto const look = look_at(tail_of());
    ASSERT_TRUE(look) << look.error().message;
    EXPECT_EQ(look->state, TailLook::State::final);
    // 8,233 bytes from 0/3030888 on fill one page and go on behind the header of the next.
    EXPECT_EQ(record::show_wal_position(look->tail.end), "0/30328D0");
    EXPECT_EQ(look->tail.commits, 3);
    EXPECT_EQ(look->tail.kinds.at("Heap"), 105);
    EXPECT_EQ(end_of_record(100, 20, segment), 120);
    EXPECT_EQ(end_of_record(100, 21, segment), 128) << "aligned";
    EXPECT_EQ(end_of_record(segment - 8, 16, segment), segment + 40 + 8) << "a longer header";
}

TEST(WalTail, IsTakenOnlyWhileItIsTheOldLeadersOwn) {
    auto const state = [](std::string const& out) {
        auto const look = look_at(out);
        return look ? look->state : TailLook::State::unsteady;
    };
    using enum TailLook::State;
    EXPECT_EQ(state(tail_of("in production", "1", "running=yes\nsteady=yes\n")), so_far);
    EXPECT_EQ(state(tail_of("in archive recovery", "1", "running=yes\nsteady=yes\n")), final);
    EXPECT_EQ(state(tail_of("in production", "1", "")), unsteady);
    EXPECT_EQ(state(tail_of("in archive recovery", "2")), gone);
    EXPECT_EQ(state(tail_of("shut down", "1", "rewinding=yes\nsteady=yes\n")), gone);
    EXPECT_EQ(state("gone=yes\n"), gone);
    // pg_rewind was killed halfway: the last checkpoint is not in the WAL that is there.
    EXPECT_EQ(state("state=shut down\ntimeline=1\ncheckpoint=0/3030900\nsegment_bytes=16777216\n"
                    "records=0\nsaid=pg_waldump: error: could not find a valid record after "
                    "0/3008660\nsteady=yes\n"),
              gone);
    EXPECT_FALSE(look_at("")) << "pg_controldata said nothing";
    EXPECT_FALSE(look_at(tail_of("shut down", "x")));

    auto const nothing = look_at(
        "state=shut down\ntimeline=1\ncheckpoint=0/30085E8\n"
        "segment_bytes=16777216\nrecords=0\nsaid=pg_waldump: error: could "
        "not find a valid record after 0/3008660\nsteady=yes\n");
    ASSERT_TRUE(nothing);
    EXPECT_EQ(record::lost_bytes(nothing->tail), 0) << "a switchover";
    auto const cut_off = look_at(
        "state=shut down\ntimeline=1\ncheckpoint=0/30085E8\n"
        "segment_bytes=16777216\nrecords=9\nlast=0/3008660\n"
        "last_length=50\nsaid=\nsteady=yes\n");
    ASSERT_TRUE(cut_off);
    EXPECT_EQ(cut_off->tail.end, -1);
    EXPECT_FALSE(cut_off->why.empty());
}

TEST(WalTail, HasNoCheckpointAtItsEnd) {
    auto const state = [](std::string const& own) {
        return "state=shut down\ntimeline=1\ncheckpoint=0/4000028\nsegment_bytes=16777216\n"
               "records=4\nlast=0/4000028\nlast_length=114\n" +
               own + "said=pg_waldump: error: invalid record length\nsteady=yes\n";
    };
    // The server was recovered before the rewind, and its archiver wanted the file to be full.
    auto const recovered = look_at(state("own=0/3008700\nown_length=34\n"));
    ASSERT_TRUE(recovered);
    EXPECT_EQ(recovered->state, TailLook::State::final);
    EXPECT_EQ(record::show_wal_position(recovered->tail.end), "0/3008728");
    auto const shut_down = look_at(state("own=\nown_length=0\n"));
    ASSERT_TRUE(shut_down);
    EXPECT_EQ(record::lost_bytes(shut_down->tail), 0) << "its shutdown's checkpoint only";
}

TEST(WalTail, IsCopiedInPiecesWithoutWhatLiesBehindIt) {
    WalTail const tail{.timeline = 26, .fork = segment - 100, .end = segment + (5LL << 20U)};
    auto const pieces = pieces_of(tail, segment);
    ASSERT_EQ(pieces.size(), 8U);
    EXPECT_EQ(pieces[0].segment, "0000001A0000000000000000");
    EXPECT_EQ(pieces[4].segment, "0000001A0000000000000001");
    EXPECT_EQ(pieces[4].keep, 4LL << 20U);
    EXPECT_EQ(pieces[5].keep, 1LL << 20U);
    EXPECT_EQ(pieces[5].zeros, 3LL << 20U);
    EXPECT_EQ(pieces[7].keep, 0);
    EXPECT_EQ(pieces[7].skip, 12LL << 20U);
    EXPECT_EQ(
        pieces_of({.timeline = 1, .fork = 256LL * segment, .end = 256LL * segment + 1}, segment)[0]
            .segment,
        "000000010000000100000000");
}

TEST(WalTail, HasAnEndInPatronisLog) {
    auto const log = parse_rewind_log(
        "2026-11-23T04:39:48.100+0000 db1 patroni[1]: INFO: Local timeline=1 lsn=0/30328F8\n"
        "2026-11-23T04:39:48.900+0000 db1 patroni[1]: INFO:  stderr=pg_rewind: servers diverged at "
        "WAL location 0/3008660 on timeline 1\n"
        "2026-11-23T04:40:48.100+0000 db1 patroni[1]: INFO: Local timeline=2 lsn=0/4000000\n",
        1);
    EXPECT_EQ(record::show_wal_position(log.end), "0/30328F8");
    EXPECT_EQ(log.rewound, "2026-11-23T04:39:48.900+0000");
    EXPECT_EQ(parse_rewind_log("", 1).end, -1);
}

class Kept final : public record::Sink {
public:
    void write(record::Event event) override {
        std::scoped_lock const lock(mutex_);
        if (auto const* fact = std::get_if<record::Fact>(&event))
            if (auto tail = record::wal_tail_from(fact->value)) tails_.push_back(*std::move(tail));
    }
    [[nodiscard]] std::vector<WalTail> tails() const {
        std::scoped_lock const lock(mutex_);
        return tails_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<WalTail> tails_;
};

/// A cluster of two whose leader db1 is replaced by db2 and then answers what a test says.
class Replaced {
public:
    using Answer = std::function<Result<RemoteResult>(RemoteCommand const&)>;

    /// Plays it until the tail is told, or for 5 s.
    std::vector<WalTail> play(Answer const& of_db1, bool keep_files = true) {
        Fleet places;
        auto own = std::make_unique<Fleet>();
        for (std::string const node : {"db1", "db2"}) {
            auto asked = std::make_unique<test::ScriptedTransport>();
            asked->otherwise([](RemoteCommand const&) -> Result<RemoteResult> {
                return RemoteResult{.out = "data=/data\nprograms=/usr/bin\n"};
            });
            places.add(node, std::move(asked));
            auto transport = std::make_unique<test::ScriptedTransport>();
            transport->otherwise(node == "db1" ? of_db1 : Answer([](RemoteCommand const&) {
                return Result<RemoteResult>(RemoteResult{.out = std::string(history_of_db2)});
            }));
            own->add(node, std::move(transport));
        }
        SteadyClock clock;
        Kept kept;
        TailKeeper keeper(
            kept, std::move(own),
            {.nodes = {"db1", "db2"}, .folder = folder.path(), .keep_files = keep_files}, clock,
            clock.now());
        keeper.start(places, {});
        auto const leads = [&](std::string node, std::int64_t timeline) {
            keeper.write(record::MemberSeen{.node = std::move(node),
                                            .reachable = true,
                                            .timeline = timeline,
                                            .holds_lock = true});
        };
        leads("db1", 1);
        leads("db2", 1);
        leads("db2", 2);
        Instant const give_up = clock.now() + 5s;
        while (kept.tails().empty() && clock.now() < give_up && !end_early)
            clock.sleep_for(5ms, {});
        if (end_early) clock.sleep_for(100ms, {});
        keeper.finish();
        return kept.tails();
    }

    test::TempFolder folder;
    bool end_early{};
};

std::string content(std::string const& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

TEST(TailKeeper, KeepsTheFilesOfALeaderThatComesBack) {
    int tries = 0;
    Replaced cluster;
    auto const tails = cluster.play([&](RemoteCommand const& command) -> Result<RemoteResult> {
        if (++tries < 3) return fail(Error::Kind::unreachable, "db1 is off");
        if (command.input == piece_script())
            return RemoteResult{.out = command.argv.at(5) + ","};  // from which byte on
        return RemoteResult{.out = command.input == tail_script() ? tail_of() : ""};
    });
    ASSERT_EQ(tails.size(), 1U);
    EXPECT_EQ(tails[0].next, "db2");
    EXPECT_EQ(record::lost_bytes(tails[0]), 172'656);
    EXPECT_EQ(tails[0].segments, std::vector<std::string>{"000000010000000000000003"});
    EXPECT_EQ(tails[0].not_kept, "");
    EXPECT_EQ(content(cluster.folder.path() + "/db1/wal/000000010000000000000003.gz"),
              "0,4194304,8388608,12582912,");
}

TEST(TailKeeper, KeepsNoFileThatARewindMayHaveTouched) {
    bool copied = false;
    Replaced cluster;
    auto const tails = cluster.play([&](RemoteCommand const& command) -> Result<RemoteResult> {
        copied = copied || command.input == piece_script();
        return RemoteResult{.out = command.input != tail_script() ? ""
                                   : copied ? tail_of("in archive recovery", "2")
                                            : tail_of()};
    });
    ASSERT_EQ(tails.size(), 1U);
    EXPECT_EQ(tails[0].commits, 3) << "what was seen before stays true";
    EXPECT_TRUE(tails[0].segments.empty());
    EXPECT_EQ(tails[0].not_kept, "it was rewound while its WAL was copied");
    EXPECT_FALSE(std::filesystem::exists(cluster.folder.path() + "/db1/wal"));
}

TEST(TailKeeper, OfAProductionClusterDescribesWalAndKeepsNone) {
    Replaced cluster;
    auto const tails = cluster.play(
        [](RemoteCommand const& command) -> Result<RemoteResult> {
            EXPECT_NE(command.input, piece_script());
            return RemoteResult{.out = command.input == tail_script() ? tail_of() : ""};
        },
        /*keep_files=*/false);
    ASSERT_EQ(tails.size(), 1U);
    EXPECT_EQ(tails[0].records, 108);
    EXPECT_EQ(tails[0].not_kept, "files of WAL are kept of disposable clusters only");
}

TEST(TailKeeper, SaysWhenTheRewindWasFirstAndAsksPatronisLog) {
    Replaced cluster;
    auto const tails = cluster.play([](RemoteCommand const& command) -> Result<RemoteResult> {
        if (command.input == rewind_log_script())
            return RemoteResult{.out =
                                    "T1 db1 patroni: Local timeline=1 lsn=0/30328F8\n"
                                    "T2 db1 patroni: servers diverged at WAL location 0/3008660 "
                                    "on timeline 1\n"};
        return RemoteResult{
            .out = command.input == tail_script() ? tail_of("in archive recovery", "2") : ""};
    });
    ASSERT_EQ(tails.size(), 1U);
    EXPECT_EQ(tails[0].end_from, "Patroni's log");
    EXPECT_EQ(record::lost_bytes(tails[0]), 0x30328F8 - 0x3008660);
    EXPECT_EQ(tails[0].commits, -1);
    EXPECT_EQ(tails[0].not_kept, "pg_rewind was first: at T2 by the node's clock");
}

TEST(TailKeeper, TellsOfANodeThatNeverCameBack) {
    Replaced cluster;
    cluster.end_early = true;
    auto const tails = cluster.play([](RemoteCommand const&) -> Result<RemoteResult> {
        return fail(Error::Kind::unreachable, "no route to db1");
    });
    ASSERT_EQ(tails.size(), 1U);
    EXPECT_EQ(tails[0].fork, 0x3008660);
    EXPECT_EQ(tails[0].end, -1);
    EXPECT_EQ(tails[0].not_kept, "no route to db1");
}

}  // namespace
}  // namespace interregnum
