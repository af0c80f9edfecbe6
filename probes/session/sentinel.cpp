// SPDX-License-Identifier: MIT
#include "probes/session/sentinel.h"

#include <charconv>

#include <fmt/format.h>

namespace interregnum {
namespace {

Error error_of(std::string const& where, Ending const& ending) {
    Error::Kind kind = Error::Kind::unreachable;
    if (ending.cause == EndCause::deadline) kind = Error::Kind::timeout;
    if (ending.cause == EndCause::server) kind = Error::Kind::refused;
    if (ending.cause == EndCause::protocol) kind = Error::Kind::protocol;
    return {.kind = kind, .message = fmt::format("{}: {}", where, ending.detail)};
}

}  // namespace

SentinelSession::SentinelSession(ProbeNode const& node, RedisAccess const& access)
    : where_(fmt::format("Sentinel on {} ({}:{})", node.name, node.address, node.sentinel_port)),
      master_name_(access.master_name),
      plain_(node.address, node.sentinel_port, "", Secret{}),
      with_password_(node.address, node.sentinel_port, access.user, access.password) {}

Result<MasterAddress> SentinelSession::master(Instant deadline) {
    RedisConnection* session = wants_password_ ? &with_password_ : &plain_;
    if (!session->open()) {
        Ending dialled = session->connect(deadline);
        if (dialled.cause == EndCause::server && dialled.detail.starts_with("NOAUTH")) {
            wants_password_ = true;
            session = &with_password_;
            dialled = session->connect(deadline);
        }
        if (!dialled.good()) return std::unexpected(error_of(where_, dialled));
    }
    RedisReply reply;
    Ending const asked =
        session->ask({"SENTINEL", "get-master-addr-by-name", master_name_}, deadline, reply);
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
