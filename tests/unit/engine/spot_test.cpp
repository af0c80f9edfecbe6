// SPDX-License-Identifier: MIT
// What the instance metadata of AWS announces: how it is asked for, read and remembered.
#include <array>
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/base/process.h"
#include "harness/base/units.h"
#include "harness/engine/active_fault.h"
#include "harness/engine/spot_answer.h"
#include "harness/engine/spot_watch.h"
#include "tests/unit/support/scripted_transport.h"
#include "tests/unit/support/temp_folder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::Fact;
using record::SpotNotice;

constexpr std::string_view reclaimed =
    "spot/instance-action {\"action\": \"terminate\", \"time\": \"2026-11-23T03:12:07Z\"}\n"
    "events/recommendations/rebalance none\n";

TEST(SpotAnswer, IsWhatIsAnnounced) {
    auto const none =
        parse_spot_answer("spot/instance-action none\nevents/recommendations/rebalance none\n");
    ASSERT_TRUE(none) << none.error().message;
    EXPECT_TRUE(none->empty());
    auto const one = parse_spot_answer(reclaimed);
    ASSERT_TRUE(one) << one.error().message;
    ASSERT_EQ(one->size(), 1U);
    EXPECT_EQ((*one)[0].action, "terminate");
    EXPECT_EQ((*one)[0].time, "2026-11-23T03:12:07Z");
    EXPECT_TRUE((*one)[0].is_interruption());
    auto const advice = parse_spot_answer(
        "spot/instance-action none\nevents/recommendations/rebalance "
        R"({"noticeTime": "2026-11-23T03:12:07.5Z"})");
    ASSERT_TRUE(advice) << advice.error().message;
    EXPECT_FALSE(advice->at(0).is_interruption());
}

TEST(SpotAnswer, RefusesEverythingElse) {
    for (std::string const& wrong :
         {std::string(), std::string("root:x:0:0"), std::string("spot/instance-action {}"),
          std::string("spot/instance-action terminate"),
          std::string(
              R"(spot/instance-action {"action": "explode", "time": "2026-11-23T03:12:07Z"})"),
          std::string(
              R"(spot/instance-action {"action": "rebalance", "time": "2026-11-23T03:12:07Z"})"),
          std::string(R"(spot/instance-action {"action": "stop", "time": "soon \u001b[2J"})"),
          std::string(R"(spot/instance-action {"action": "stop", "time": "2026-11-23T03:12:07"})"),
          std::string("events/recommendations/rebalance none"),
          "spot/instance-action " + std::string(100'000, '[')}) {
        auto const read = parse_spot_answer(wrong);
        ASSERT_FALSE(read) << wrong;
        EXPECT_EQ(read.error().message.find('\x1b'), std::string::npos) << read.error().message;
    }
    auto const cannot = parse_spot_answer("cannot the token was answered with status 403\n");
    ASSERT_FALSE(cannot);
    EXPECT_EQ(cannot.error().kind, Error::Kind::unreachable);
}

/// The metadata service of one instance that is about to be terminated. It wants its token.
class Metadata {
public:
    explicit Metadata(std::string token) : token_(std::move(token)) {
        sockaddr_in address{.sin_family = AF_INET};
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(address);
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        good_ = ::bind(listener_, any, size) == 0 && ::listen(listener_, 16) == 0 &&
                ::getsockname(listener_, any, &size) == 0;
        port_ = ntohs(address.sin_port);
        thread_ = std::jthread([this](std::stop_token const& stop) { serve(stop); });
    }
    Metadata(Metadata const&) = delete;
    Metadata& operator=(Metadata const&) = delete;
    ~Metadata() {
        thread_.request_stop();
        thread_.join();
        ::close(listener_);
    }
    [[nodiscard]] bool good() const { return good_; }
    [[nodiscard]] std::string base() const { return "http://127.0.0.1:" + std::to_string(port_); }

private:
    void serve(std::stop_token const& stop) const {
        while (!stop.stop_requested()) {
            pollfd waiting{.fd = listener_, .events = POLLIN};
            if (::poll(&waiting, 1, 20) != 1) continue;
            int const socket = ::accept(listener_, nullptr, nullptr);
            std::string const reply = answer(request_on(socket));
            static_cast<void>(::send(socket, reply.data(), reply.size(), MSG_NOSIGNAL));
            ::close(socket);
        }
    }
    static std::string request_on(int socket) {
        std::string request;
        std::array<char, 1024> piece{};
        while (!request.contains("\r\n\r\n")) {
            ssize_t const count = ::recv(socket, piece.data(), piece.size(), 0);
            if (count <= 0) break;
            request.append(piece.data(), static_cast<std::size_t>(count));
        }
        return request;
    }
    [[nodiscard]] std::string answer(std::string const& request) const {
        auto const says = [](std::string const& status, std::string const& body) {
            return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) +
                   "\r\nConnection: close\r\n\r\n" + body;
        };
        if (request.starts_with("PUT /latest/api/token ") &&
            request.contains("X-aws-ec2-metadata-token-ttl-seconds: 60\r\n"))
            return says("200 OK", token_);
        if (!request.contains("X-aws-ec2-metadata-token: " + token_ + "\r\n"))
            return says("401 Unauthorized", "");
        if (request.starts_with("GET /latest/meta-data/spot/instance-action "))
            return says("200 OK",
                        "{\"action\": \"terminate\",\n\"time\": \"2026-11-23T03:12:07Z\"}");
        return says("404 Not Found", "<?xml version=\"1.0\"?>\n\n404\n");
    }

    std::string token_;
    int listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    bool good_{};
    std::uint16_t port_{};
    std::jthread thread_;
};

std::string ask(std::string const& base, std::string const& path = "") {
    std::vector<std::string> argv{"sh", "-s", "--", base};
    if (!path.empty()) argv.insert(argv.begin(), {"env", "PATH=" + path});
    auto const said = run_local({.argv = std::move(argv), .input = std::string(spot_script())});
    EXPECT_TRUE(said) << said.error().message;
    return said ? said->out : "";
}

/// What is announced there. The script gives up after 2 s, as it must: on a machine that is busy
/// with other things it is asked again.
std::vector<SpotNotice> announced(std::string const& base, std::string const& path = "") {
    SteadyClock const clock;
    Instant const give_up = clock.now() + 60s;
    auto read = parse_spot_answer(ask(base, path));
    while (!read && clock.now() < give_up) read = parse_spot_answer(ask(base, path));
    EXPECT_TRUE(read) << read.error().message;
    return read ? *read : std::vector<SpotNotice>();
}

TEST(SpotScript, AsksByCurlOrByBashAlone) {
    test::TempFolder const tools;
    for (std::string const name : {"sh", "env", "bash", "timeout", "head", "tr"})
        std::filesystem::create_symlink("/bin/" + name, tools / name);
    Metadata const metadata("AQAEAF-_t0k.en==");
    ASSERT_TRUE(metadata.good());
    for (std::string const& path : {std::string(), tools.path()}) {
        auto const notices = announced(metadata.base(), path);
        ASSERT_EQ(notices.size(), 1U) << path;
        EXPECT_EQ(notices[0].action, "terminate");
    }
    EXPECT_FALSE(parse_spot_answer(ask("http://127.0.0.1:1", tools.path())));
}

TEST(SpotScript, HandsNoTokenOnThatCouldSayMoreThanItsHeader) {
    test::TempFolder const folder;
    std::string const loot = folder / "loot";
    Metadata const metadata("x\"\noutput = \"" + loot);
    ASSERT_TRUE(metadata.good());
    auto const read = parse_spot_answer(ask(metadata.base()));
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().message.find("letters"), std::string::npos) << read.error().message;
    EXPECT_FALSE(std::filesystem::exists(loot));
}

class Kept final : public record::Sink {
public:
    void write(record::Event event) override {
        std::scoped_lock const lock(mutex_);
        events_.push_back(std::move(event));
    }
    template <class T>
    [[nodiscard]] std::vector<T> all() const {
        std::scoped_lock const lock(mutex_);
        std::vector<T> found;
        for (record::Event const& event : events_)
            if (auto const* one = std::get_if<T>(&event)) found.push_back(*one);
        return found;
    }

private:
    mutable std::mutex mutex_;
    std::vector<record::Event> events_;
};

void add_node(Fleet& fleet, std::string const& name, std::string const& answer) {
    auto node = std::make_unique<test::ScriptedTransport>();
    node->otherwise([answer](RemoteCommand const& command) -> Result<RemoteResult> {
        EXPECT_FALSE(command.as_root);
        if (answer.empty()) return fail(Error::Kind::unreachable, "off");
        return RemoteResult{.exit_status = 0, .out = answer};
    });
    fleet.add(name, std::move(node));
}

TEST(SpotWatch, TellsEachNoticeOnceAndWhoCannotBeAsked) {
    SteadyClock clock;
    Fleet fleet;
    add_node(fleet, "db1", std::string(reclaimed));
    add_node(fleet, "db2", "cannot the token was answered with status 403\n");
    add_node(fleet, "db3", "");
    Kept kept;
    SpotWatch watch(kept, fleet, {"db1", "db2", "db3"}, {.watched = true}, clock, clock.now());
    watch.look({});
    watch.look({});
    auto const notices = record::spot_notices(kept.all<Fact>());
    ASSERT_EQ(notices.size(), 1U);
    EXPECT_EQ(notices[0].node, "db1");
    EXPECT_EQ(notices[0].time, "2026-11-23T03:12:07Z");
    auto const notes = kept.all<record::Note>();
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_EQ(notes[0].effect, record::Note::Effect::none);
    EXPECT_NE(notes[0].text.find("status 403"), std::string::npos) << notes[0].text;
    ASSERT_EQ(watch.interruptions().size(), 1U);
    EXPECT_EQ(watch.why_gone("db3"), "") << "silence alone says nothing";
    EXPECT_EQ(watch.why_gone("db1").empty(), !has_come("2026-11-23T03:12:07Z", wall_now()));
}

TEST(SpotWatch, AsksNobodyOfAnInventoryThatDoesNotWantIt) {
    SteadyClock clock;
    Fleet fleet;
    add_node(fleet, "db1", std::string(reclaimed));
    Kept kept;
    SpotWatch watch(kept, fleet, {"db1"}, {}, clock, clock.now());
    watch.look({});
    watch.start();
    watch.stop();
    EXPECT_TRUE(kept.all<Fact>().empty());
}

TEST(SpotWatch, ComparesTheAnnouncedTimeBySeconds) {
    Duration const wall = std::chrono::seconds(1'795'403'527);  // 2026-11-23T03:12:07Z
    ASSERT_EQ(format_wall(wall), "2026-11-23T03:12:07.000Z");
    EXPECT_TRUE(has_come("2026-11-23T03:12:07Z", wall));
    EXPECT_TRUE(has_come("2026-11-22T23:59:59Z", wall));
    EXPECT_FALSE(has_come("2026-11-23T03:12:08Z", wall));
    EXPECT_FALSE(has_come("", wall));
}

/// A fault on db1 whose undo is tried on a node that does not answer.
Status undo_on_silent_node(std::string const& why_gone, Kept& kept, std::string const& journal) {
    SteadyClock clock;
    Fleet fleet;
    auto node = std::make_unique<test::ScriptedTransport>();
    bool alive = true;
    node->otherwise([&alive](RemoteCommand const&) -> Result<RemoteResult> {
        if (!alive) return fail(Error::Kind::unreachable, "no route");
        return RemoteResult{.exit_status = 0};
    });
    fleet.add("db1", std::move(node));
    Hands hands(fleet);
    auto opened = UndoJournal::open(journal);
    if (!opened) return std::unexpected(opened.error());
    FaultPlan const plan{.targets = {"db1"},
                         .inject = {{.node = "db1", .argv = {"break"}}},
                         .undo = {{.node = "db1", .argv = {"mend"}}},
                         .self_heal = SelfHeal::controller};
    auto fault = ActiveFault::inject(
        {.id = "f1", .mark = "m", .kind = "k", .role = "leader", .lease = 20s}, plan,
        {.hands = hands,
         .journal = *opened,
         .sink = kept,
         .clock = clock,
         .origin = clock.now(),
         .why_gone = [&](std::string const&) { return why_gone; }},
        {});
    if (!fault) return std::unexpected(fault.error());
    alive = false;
    return fault->undo(0s);
}

TEST(SpotWatch, ANodeThatIsNoMoreHoldsNoFaultAndOneThatIsSilentMay) {
    test::TempFolder const folder;
    Kept gone;
    ASSERT_TRUE(undo_on_silent_node("AWS announced to terminate it", gone, folder / "gone"));
    auto const told = gone.all<record::FaultEvent>().back();
    EXPECT_EQ(told.stage, record::FaultStage::undone);
    EXPECT_EQ(told.detail, "db1: AWS announced to terminate it; nothing is left to undo there");
    EXPECT_TRUE(open_promises(folder / "gone").value().empty());
    Kept silent;
    EXPECT_FALSE(undo_on_silent_node("", silent, folder / "silent"));
    EXPECT_EQ(silent.all<record::FaultEvent>().back().stage, record::FaultStage::undo_failed);
    EXPECT_EQ(open_promises(folder / "silent").value().size(), 1U);
}

}  // namespace
}  // namespace interregnum
