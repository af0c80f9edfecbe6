// SPDX-License-Identifier: MIT
#include "probes/session/redis.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <sys/socket.h>

#include "probes/session/socket.h"

namespace interregnum {

struct RedisConnection::State {
    redisContext* context{};
};

namespace {

using ReplyOwner = std::unique_ptr<redisReply, decltype(&freeReplyObject)>;

/// The deepest answer asked for is SCAN's: a list in a list.
constexpr int depth_limit = 4;

RedisReply value_of(redisReply const& reply, int depth) {
    RedisReply value;
    switch (reply.type) {
        case REDIS_REPLY_STRING:
        case REDIS_REPLY_STATUS:
        case REDIS_REPLY_ERROR:
            value.kind = RedisReply::Kind::text;
            value.text.assign(reply.str, static_cast<std::size_t>(reply.len));
            break;
        case REDIS_REPLY_INTEGER:
            value.kind = RedisReply::Kind::integer;
            value.integer = reply.integer;
            break;
        case REDIS_REPLY_ARRAY:
            value.kind = RedisReply::Kind::list;
            for (std::size_t i = 0; depth < depth_limit && i < reply.elements; ++i)
                value.list.push_back(value_of(*reply.element[i], depth + 1));
            break;
        default:
            break;
    }
    return value;
}

Ending connect_failure(int code) {
    EndCause cause = EndCause::closed;
    if (code == ECONNREFUSED) cause = EndCause::refused;
    if (code == EHOSTUNREACH || code == ENETUNREACH || code == EADDRNOTAVAIL)
        cause = EndCause::unreachable;
    if (code == ETIMEDOUT) cause = EndCause::deadline;
    return {.phase = RequestPhase::connecting, .cause = cause, .detail = std::strerror(code)};
}

Ending trouble(redisContext const& context) {
    bool const protocol = context.err == REDIS_ERR_PROTOCOL;
    return {.phase = RequestPhase::sent,
            .cause = protocol ? EndCause::protocol : EndCause::closed,
            .detail = static_cast<char const*>(context.errstr)};
}

Ending late(RequestPhase phase, std::string detail) {
    return {.phase = phase, .cause = EndCause::deadline, .detail = std::move(detail)};
}

}  // namespace

RedisConnection::RedisConnection(std::string const& host, std::uint16_t port, std::string user,
                                 Secret password)
    : port_(port),
      user_(std::move(user)),
      password_(std::move(password)),
      state_(std::make_unique<State>()) {
    if (Result<std::string> address = numeric_address(host))
        address_ = std::move(*address);
    else
        no_address_because_ = address.error().message;
}

RedisConnection::~RedisConnection() { close(); }

bool RedisConnection::open() const { return state_->context != nullptr; }

void RedisConnection::close() {
    if (state_->context != nullptr) redisFree(std::exchange(state_->context, nullptr));
}

Ending RedisConnection::abandon(Ending ending) {
    close();
    return ending;
}

Ending RedisConnection::connect(Instant deadline) {
    close();
    if (address_.empty())
        return {.phase = RequestPhase::connecting,
                .cause = EndCause::unreachable,
                .detail = no_address_because_};
    redisContext* const context = redisConnectNonBlock(address_.c_str(), port_);
    state_->context = context;
    if (context == nullptr) return connect_failure(ENOMEM);
    if (context->err != 0) return abandon(connect_failure(errno));
    if (wait_socket(context->fd, WaitFor::writing, deadline) == Waited::deadline)
        return abandon(
            late(RequestPhase::connecting, "no connection was made within the deadline"));
    int code = 0;
    socklen_t size = sizeof code;
    if (getsockopt(context->fd, SOL_SOCKET, SO_ERROR, &code, &size) != 0) code = errno;
    if (code != 0) return abandon(connect_failure(code));
    std::vector<std::string> greeting{"PING"};
    if (!password_.empty()) {
        greeting = {"AUTH"};
        if (!user_.empty()) greeting.push_back(user_);
        greeting.push_back(password_.reveal());
    }
    RedisReply ignored;
    Ending ending = exchange(greeting, deadline, ignored);
    if (ending.good()) return ending;
    // Whatever became of the greeting, nothing that was asked for can have happened.
    ending.phase = RequestPhase::connecting;
    return abandon(std::move(ending));
}

Ending RedisConnection::ask(std::vector<std::string> const& command, Instant deadline,
                            RedisReply& answer) {
    if (state_->context == nullptr)
        return {.phase = RequestPhase::unsent, .cause = EndCause::closed, .detail = "no session"};
    if (peer_is_gone(state_->context->fd))
        return abandon({.phase = RequestPhase::unsent,
                        .cause = EndCause::closed,
                        .detail = "the peer had closed the connection"});
    return exchange(command, deadline, answer);
}

Ending RedisConnection::exchange(std::vector<std::string> const& command, Instant deadline,
                                 RedisReply& answer) {
    if (Ending sent = send(command, deadline); !sent.good()) return sent;
    Ending ending = take_reply(deadline, answer);
    return ending.cause == EndCause::deadline ? abandon(std::move(ending)) : ending;
}

Ending RedisConnection::send(std::vector<std::string> const& command, Instant deadline) {
    if (state_->context == nullptr)
        return {.phase = RequestPhase::unsent, .cause = EndCause::closed, .detail = "no session"};
    redisContext* const context = state_->context;
    std::vector<char const*> words;
    std::vector<std::size_t> lengths;
    for (std::string const& word : command) {
        words.push_back(word.data());
        lengths.push_back(word.size());
    }
    if (redisAppendCommandArgv(context, static_cast<int>(words.size()), words.data(),
                               lengths.data()) != REDIS_OK)
        return abandon(trouble(*context));
    int written = 0;
    while (written == 0) {
        if (redisBufferWrite(context, &written) != REDIS_OK) return abandon(trouble(*context));
        if (written == 0 &&
            wait_socket(context->fd, WaitFor::writing, deadline) == Waited::deadline)
            return abandon(
                late(RequestPhase::sent, "the command did not leave within the deadline"));
    }
    return {};
}

std::int64_t RedisConnection::replicas_that_have_it(Duration longest, Instant deadline) {
    // Half of what is left is for the way there and back.
    auto const most = std::min(longest, (deadline - SteadyClock{}.now()) / 2);
    auto const most_ms = most / std::chrono::milliseconds(1);
    if (most_ms < 1) return -1;
    RedisReply answer;
    Ending const ending = ask({"WAIT", "1", std::to_string(most_ms)}, deadline, answer);
    return ending.good() && answer.kind == RedisReply::Kind::integer ? answer.integer : -1;
}

Ending RedisConnection::next(Instant deadline, RedisReply& message) {
    if (state_->context == nullptr)
        return {.phase = RequestPhase::unsent, .cause = EndCause::closed, .detail = "no session"};
    return take_reply(deadline, message);
}

Ending RedisConnection::take_reply(Instant deadline, RedisReply& answer) {
    redisContext* const context = state_->context;
    void* raw = nullptr;
    while (true) {
        if (redisGetReplyFromReader(context, &raw) != REDIS_OK) return abandon(trouble(*context));
        if (raw != nullptr) break;
        if (wait_socket(context->fd, WaitFor::reading, deadline) == Waited::deadline)
            return late(RequestPhase::sent, "no answer within the deadline");
        if (redisBufferRead(context) != REDIS_OK) return abandon(trouble(*context));
    }
    ReplyOwner const reply(static_cast<redisReply*>(raw), &freeReplyObject);
    answer = value_of(*reply, 0);
    Ending ending;
    if (reply->type == REDIS_REPLY_ERROR) {
        ending.cause = EndCause::server;
        ending.detail = answer.text;
    }
    return ending;
}

}  // namespace interregnum
