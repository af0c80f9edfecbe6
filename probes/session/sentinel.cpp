// SPDX-License-Identifier: MIT
#include "probes/session/sentinel.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

namespace interregnum {
namespace {

using namespace std::string_view_literals;

Error error_of(std::string const& where, Ending const& ending) {
    Error::Kind kind = Error::Kind::unreachable;
    if (ending.cause == EndCause::deadline) kind = Error::Kind::timeout;
    if (ending.cause == EndCause::server) kind = Error::Kind::refused;
    if (ending.cause == EndCause::protocol) kind = Error::Kind::protocol;
    return {.kind = kind, .message = fmt::format("{}: {}", where, ending.detail)};
}

/// Dials with `session`, at first without a password, which a Sentinel may not have; from then on
/// as it wants it.
Status dial(std::string const& where, RedisConnection& plain, RedisConnection& with_password,
            RedisConnection*& session, Instant deadline) {
    session = session == nullptr ? &plain : session;
    Ending dialled = session->connect(deadline);
    if (dialled.cause == EndCause::server && dialled.detail.starts_with("NOAUTH")) {
        session = &with_password;
        dialled = session->connect(deadline);
    }
    if (!dialled.good()) return std::unexpected(error_of(where, dialled));
    return {};
}

// Channels that tell of a failover, as Sentinel names them. The first kind names no master: an
// epoch, a vote, the tilt mode are of the Sentinel itself.
constexpr std::array own_channels{"+new-epoch"sv, "+vote-for-leader"sv, "+tilt"sv, "-tilt"sv};
constexpr std::array master_channels{"+sdown"sv,
                                     "-sdown"sv,
                                     "+odown"sv,
                                     "-odown"sv,
                                     "+try-failover"sv,
                                     "+elected-leader"sv,
                                     "+selected-slave"sv,
                                     "+promoted-slave"sv,
                                     "+switch-master"sv,
                                     "+failover-end"sv,
                                     "+failover-end-for-timeout"sv,
                                     "+config-update-from"sv,
                                     "-failover-abort-not-elected"sv,
                                     "-failover-abort-no-good-slave"sv,
                                     "-failover-abort-slave-timeout"sv};

/// "master shop 10.0.0.1 6379", "slave ... @ shop 10.0.0.1 6379", and of +switch-master
/// "shop 10.0.0.1 6379 10.0.0.2 6379": whether it is about that master.
bool concerns(std::string_view channel, std::string_view text, std::string_view master) {
    auto const begins = [&](std::string_view rest) {
        return rest.starts_with(master) && rest.substr(master.size()).starts_with(' ');
    };
    if (channel == "+switch-master") return begins(text);
    if (text.starts_with("master ") && begins(text.substr(7))) return true;
    std::size_t const at = text.find(" @ ");
    return at != std::string_view::npos && begins(text.substr(at + 3));
}

}  // namespace

std::optional<SentinelMessage> sentinel_message(RedisReply const& delivered,
                                                std::string_view master_name) {
    constexpr std::size_t longest_text = 200;
    auto const& parts = delivered.list;
    if (parts.size() != 4 || parts[0].text != "pmessage") return std::nullopt;
    std::string const& channel = parts[2].text;
    std::string const& text = parts[3].text;
    bool const own = std::ranges::find(own_channels, channel) != own_channels.end();
    bool const about_masters = std::ranges::find(master_channels, channel) != master_channels.end();
    if (!own && !(about_masters && concerns(channel, text, master_name))) return std::nullopt;
    return SentinelMessage{.channel = channel, .text = text.substr(0, longest_text)};
}

SentinelListener::SentinelListener(ProbeNode const& node, RedisAccess const& access)
    : where_(fmt::format("Sentinel on {} ({}:{})", node.name, node.address, node.sentinel_port)),
      master_name_(access.master_name),
      plain_(node.address, node.sentinel_port, "", Secret{}),
      with_password_(node.address, node.sentinel_port, access.user, access.password) {}

Status SentinelListener::subscribe(Instant deadline) {
    if (Status const dialled = dial(where_, plain_, with_password_, session_, deadline); !dialled)
        return dialled;
    RedisReply ignored;
    // One answer for each pattern; the second is read as a message that is none.
    Ending const asked = session_->ask({"PSUBSCRIBE", "+*", "-*"}, deadline, ignored);
    if (!asked.good()) return std::unexpected(error_of(where_, asked));
    heard_ = SteadyClock().now();
    pinged_ = heard_;
    return {};
}

Result<std::optional<SentinelMessage>> SentinelListener::next(Instant deadline) {
    constexpr Duration quiet = std::chrono::seconds(1);
    SteadyClock const clock;
    while (clock.now() < deadline) {
        Instant const now = clock.now();
        if (now - heard_ > 2 * quiet)
            return fail(Error::Kind::timeout, where_ + ": it does not answer a PING");
        if (now - std::max(heard_, pinged_) > quiet) {
            Ending const sent = session_->send({"PING"}, deadline);
            if (!sent.good()) return std::unexpected(error_of(where_, sent));
            pinged_ = now;
        }
        RedisReply delivered;
        Ending const got = session_->next(std::min(deadline, now + quiet), delivered);
        if (got.cause == EndCause::deadline) continue;
        if (!got.good()) return std::unexpected(error_of(where_, got));
        heard_ = clock.now();
        if (auto message = sentinel_message(delivered, master_name_); message) return message;
    }
    return std::nullopt;
}

SentinelSession::SentinelSession(ProbeNode const& node, RedisAccess const& access)
    : where_(fmt::format("Sentinel on {} ({}:{})", node.name, node.address, node.sentinel_port)),
      master_name_(access.master_name),
      plain_(node.address, node.sentinel_port, "", Secret{}),
      with_password_(node.address, node.sentinel_port, access.user, access.password) {}

Result<MasterAddress> SentinelSession::master(Instant deadline) {
    if (session_ == nullptr || !session_->open())
        if (Status const dialled = dial(where_, plain_, with_password_, session_, deadline);
            !dialled)
            return std::unexpected(dialled.error());
    RedisReply reply;
    Ending const asked =
        session_->ask({"SENTINEL", "get-master-addr-by-name", master_name_}, deadline, reply);
    if (!asked.good()) return std::unexpected(error_of(where_, asked));
    if (reply.kind == RedisReply::Kind::nothing)
        return fail(Error::Kind::not_found,
                    fmt::format("{}: it knows no master named \"{}\"", where_, master_name_));
    MasterAddress found;
    if (reply.list.size() == 2) {
        found.host = reply.list[0].text;
        std::string const& port = reply.list[1].text;
        std::from_chars(port.data(), port.data() + port.size(), found.port);
    }
    if (found.host.empty() || found.port == 0)
        return fail(Error::Kind::protocol,
                    where_ + ": expected an address and a port, got something else");
    return found;
}

}  // namespace interregnum
