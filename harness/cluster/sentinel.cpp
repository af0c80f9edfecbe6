// SPDX-License-Identifier: MIT
#include "harness/cluster/sentinel.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <hiredis/hiredis.h>

namespace interregnum {

namespace {

using Context = std::unique_ptr<redisContext, decltype(&redisFree)>;
using Reply = std::unique_ptr<redisReply, decltype(&freeReplyObject)>;

timeval timeval_of(Duration span) {
    auto const us = std::chrono::duration_cast<std::chrono::microseconds>(span).count();
    return {.tv_sec = us / 1'000'000, .tv_usec = us % 1'000'000};
}

std::string text_of(redisReply const* reply) {
    if (reply == nullptr || reply->str == nullptr) return {};
    return {reply->str, reply->len};
}

/// A map, as Sentinel answers it in RESP2: a flat list of names and values.
std::string value_of(redisReply const& list, std::string_view name) {
    if (list.type != REDIS_REPLY_ARRAY) return {};
    for (std::size_t index = 0; index + 1 < list.elements; index += 2)
        if (text_of(list.element[index]) == name) return text_of(list.element[index + 1]);
    return {};
}

/// The same list as pairs, as far as it is texts.
RedisValues pairs_of(redisReply const& list) {
    constexpr std::size_t most = 2000;
    RedisValues pairs;
    if (list.type != REDIS_REPLY_ARRAY) return pairs;
    for (std::size_t index = 0; index + 1 < std::min(list.elements, most); index += 2)
        pairs.emplace_back(text_of(list.element[index]), text_of(list.element[index + 1]));
    return pairs;
}

/// The "ip" of every map in a list.
std::vector<std::string> addresses_in(redisReply const& list) {
    constexpr std::size_t most = 1000;
    std::vector<std::string> addresses;
    if (list.type != REDIS_REPLY_ARRAY) return addresses;
    for (std::size_t index = 0; index < std::min(list.elements, most); ++index)
        if (std::string ip = value_of(*list.element[index], "ip"); !ip.empty())
            addresses.push_back(std::move(ip));
    return addresses;
}

Result<Reply> ask(redisContext* context, RedisTarget const& target,
                  std::vector<std::string> const& words) {
    std::vector<char const*> arguments;
    std::vector<std::size_t> lengths;
    for (std::string const& word : words) {
        arguments.push_back(word.data());
        lengths.push_back(word.size());
    }
    void* raw =
        redisCommandArgv(context, static_cast<int>(words.size()), arguments.data(), lengths.data());
    Reply reply(static_cast<redisReply*>(raw), &freeReplyObject);
    std::string const who = fmt::format("{}:{}", target.host, target.port);
    if (!reply) return fail(Error::Kind::timeout, who + ": " + std::string(context->errstr));
    if (reply->type == REDIS_REPLY_ERROR)
        return fail(Error::Kind::refused,
                    fmt::format("{}: {} answered: {}", who, words[0], text_of(reply.get())));
    return reply;
}

Result<Context> connect(RedisTarget const& target) {
    Context context(
        redisConnectWithTimeout(target.host.c_str(), target.port, timeval_of(target.timeout)),
        &redisFree);
    if (!context || context->err != 0) {
        return fail(Error::Kind::unreachable,
                    fmt::format("{}:{}: {}", target.host, target.port,
                                context ? static_cast<char const*>(context->errstr) : "no memory"));
    }
    redisSetTimeout(context.get(), timeval_of(target.timeout));
    return context;
}

Result<Context> logged_in(Result<Context> context, RedisTarget const& target) {
    if (!context || target.password.empty()) return context;
    std::vector<std::string> words{"AUTH"};
    if (!target.user.empty()) words.push_back(target.user);
    words.push_back(target.password.reveal());
    if (auto reply = ask(context->get(), target, words); !reply)
        return std::unexpected(reply.error());
    return context;
}

Result<Context> connect_to_redis(RedisTarget const& target) {
    return logged_in(connect(target), target);
}

/// A Sentinel seldom wants a login, and calls it an error when one comes unasked.
Result<Context> connect_to_sentinel(RedisTarget const& target) {
    auto context = connect(target);
    if (!context || target.password.empty()) return context;
    auto const asked = ask(context->get(), target, {"PING"});
    bool const wanted = !asked && asked.error().message.contains("NOAUTH");
    return wanted ? logged_in(std::move(context), target) : std::move(context);
}

}  // namespace

Result<RedisRole> ask_redis_role(RedisTarget const& target) {
    auto context = connect_to_redis(target);
    if (!context) return std::unexpected(context.error());
    auto reply = ask(context->get(), target, {"ROLE"});
    if (!reply) return std::unexpected(reply.error());
    redisReply const& role = **reply;
    if (role.type != REDIS_REPLY_ARRAY || role.elements < 3)
        return fail(Error::Kind::protocol, target.host + ": ROLE gave no list");
    RedisRole result{.role = text_of(role.element[0]), .link = {}, .replicas = 0};
    if (result.role == "master") {
        result.replicas = static_cast<std::int64_t>(role.element[2]->elements);
    } else if (role.elements >= 4) {
        result.link = text_of(role.element[3]);
    }
    return result;
}

Result<std::vector<SentinelMaster>> ask_sentinel_masters(RedisTarget const& target) {
    constexpr std::size_t most = 100;
    auto context = connect_to_sentinel(target);
    if (!context) return std::unexpected(context.error());
    auto const reply = ask(context->get(), target, {"SENTINEL", "masters"});
    if (!reply) return std::unexpected(reply.error());
    if ((*reply)->type != REDIS_REPLY_ARRAY)
        return fail(Error::Kind::protocol, target.host + ": SENTINEL masters gave no list");
    std::vector<SentinelMaster> masters;
    for (std::size_t index = 0; index < std::min((*reply)->elements, most); ++index) {
        redisReply const& row = *(*reply)->element[index];
        SentinelMaster master{.name = value_of(row, "name"), .address = value_of(row, "ip")};
        std::string const port = value_of(row, "port");
        std::from_chars(port.data(), port.data() + port.size(), master.port);
        for (auto const& [what, into] :
             {std::pair{"replicas", &master.replicas}, std::pair{"sentinels", &master.sentinels}})
            if (auto const peers = ask(context->get(), target, {"SENTINEL", what, master.name}))
                *into = addresses_in(**peers);
        if (!master.name.empty()) masters.push_back(std::move(master));
    }
    return masters;
}

Result<RedisValues> ask_redis_settings(RedisTarget const& target) {
    auto context = connect_to_redis(target);
    if (!context) return std::unexpected(context.error());
    auto const reply = ask(context->get(), target, {"CONFIG", "GET", "*"});
    if (!reply) return std::unexpected(reply.error());
    RedisValues values = pairs_of(**reply);
    if (values.empty()) return fail(Error::Kind::protocol, target.host + ": no settings came");
    std::erase_if(values, [](auto const& one) {
        return one.first.contains("pass") || one.first.contains("auth");
    });
    return values;
}

Result<RedisValues> ask_sentinel_settings(RedisTarget const& target,
                                          std::string const& master_name) {
    auto context = connect_to_sentinel(target);
    if (!context) return std::unexpected(context.error());
    auto const reply = ask(context->get(), target, {"SENTINEL", "master", master_name});
    if (!reply) return std::unexpected(reply.error());
    RedisValues values = pairs_of(**reply);
    if (values.empty()) return fail(Error::Kind::protocol, target.host + ": no master came");
    auto const quorum = ask(context->get(), target, {"SENTINEL", "ckquorum", master_name});
    // An error is its way to say that there is none: NOQUORUM.
    if (quorum)
        values.emplace_back("ckquorum", text_of(quorum->get()));
    else if (quorum.error().kind == Error::Kind::refused)
        values.emplace_back("ckquorum", quorum.error().message);
    return values;
}

Result<bool> wants_login(RedisTarget const& target) {
    auto context = connect(target);
    if (!context) return std::unexpected(context.error());
    auto const reply = ask(context->get(), target, {"PING"});
    if (reply) return false;
    if (reply.error().kind == Error::Kind::refused) return true;
    return std::unexpected(reply.error());
}

Result<std::string> ask_sentinel_master(RedisTarget const& target, std::string const& master_name) {
    auto context = connect_to_sentinel(target);
    if (!context) return std::unexpected(context.error());
    auto reply = ask(context->get(), target, {"SENTINEL", "get-master-addr-by-name", master_name});
    if (!reply) return std::unexpected(reply.error());
    redisReply const& pair = **reply;
    if (pair.type != REDIS_REPLY_ARRAY || pair.elements < 2)
        return fail(Error::Kind::not_found, fmt::format("the Sentinel on {} knows no master \"{}\"",
                                                        target.host, master_name));
    return text_of(pair.element[0]);
}

}  // namespace interregnum
