// SPDX-License-Identifier: MIT
#include "tests/bench/histories.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <random>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace interregnum::bench {
namespace {

constexpr std::uint32_t full_reads = 50;  // of a set, whatever its size
constexpr std::int64_t quota = 500;
constexpr std::uint32_t accounts = 8;

/// One thing that a client does: what its lines say, and what it does to the thing.
struct Act {
    std::string_view f;
    std::uint32_t key{};
    std::string argument{"null"};
    std::function<std::string()> effect;  ///< what the `ok` says; "" when it did not happen
};

class Writer {
public:
    Writer(HistoryPlan const& plan, std::string const& path)
        : plan_(&plan), file_(std::fopen(path.c_str(), "w")), things_(plan.keys) {
        for (std::uint32_t i = 0; i < plan.clients; ++i) clients_.push_back({.process = i});
        next_process_ = plan.clients;
        balances_.assign(accounts, 100);
        if (file_ == nullptr) give_up();
    }
    Writer(Writer const&) = delete;
    Writer& operator=(Writer const&) = delete;
    ~Writer() {
        flush();
        if (std::fclose(file_) != 0) give_up();
    }

    void run() {
        std::uint64_t begun = 0;
        std::uint64_t busy = 0;
        while (begun < plan_->operations || busy > 0) {
            Client& client = clients_[below(plan_->clients)];
            if (client.busy) {
                end(client);
                --busy;
            } else if (begun < plan_->operations) {
                client.act = next();
                client.busy = true;
                event(client, "invoke", client.act.argument);
                ++begun;
                ++busy;
                if (plan_->kind == "set-full" && begun % read_every() == 0) read_all();
            }
        }
        // What came after the last read nobody would know of.
        if (plan_->kind == "set-full") read_all();
    }

private:
    struct Client {
        std::uint64_t process{};
        Act act;
        bool busy{};
    };

    std::uint32_t below(std::uint32_t bound) {
        return static_cast<std::uint32_t>(engine_() % bound);
    }
    [[nodiscard]] std::uint64_t read_every() const {
        return std::max<std::uint64_t>(plan_->operations / full_reads, 1);
    }
    void event(Client const& client, std::string_view type, std::string_view value) {
        auto const to = std::back_inserter(buffer_);
        fmt::format_to(to, R"({{"index":{},"process":{},"type":"{}","f":"{}",)", index_++,
                       client.process, type, client.act.f);
        if (plan_->keys > 1) fmt::format_to(to, R"("key":{},)", client.act.key);
        fmt::format_to(to, "\"value\":{}}}\n", value);
        if (buffer_.size() > std::size_t{1} << 20U) flush();
    }
    void flush() {
        if (std::fwrite(buffer_.data(), 1, buffer_.size(), file_) != buffer_.size()) give_up();
        buffer_.clear();
    }
    [[noreturn]] static void give_up() {
        std::perror("cannot write a history");
        std::exit(3);
    }

    void end(Client& client) {
        client.busy = false;
        if (below(plan_->unknown_every) == 0) {
            if (below(2) == 0) client.act.effect();
            event(client, "info", "null");
            client.process = next_process_++;
            return;
        }
        std::string const answer = client.act.effect();
        if (answer.empty())
            event(client, "fail", client.act.f == "buy" ? R"("sold out")" : "null");
        else
            event(client, "ok", answer);
    }
    void read_all() {
        Client const reader{.process = next_process_++, .act = {.f = "read"}};
        event(reader, "invoke", "null");
        event(reader, "ok", fmt::format("[{}]", fmt::join(elements_, ",")));
    }

    Act next() {
        if (plan_->kind == "set-full") return add();
        if (plan_->kind == "bank") return bank();
        std::uint32_t const key = below(plan_->keys);
        std::int64_t& thing = things_[key];
        if (below(2) == 0)
            return {.f = "read", .key = key, .effect = [&thing] { return std::to_string(thing); }};
        if (plan_->kind == "quota") return sale(key, thing);
        if (plan_->kind == "counter") return count(thing);
        if (plan_->kind == "sessions") return version(key, thing);
        if (plan_->kind == "cas" && below(2) == 0) return cas(key, thing);
        std::int64_t const value = plan_->kind == "register" ? ++written_ : std::int64_t{below(5)};
        std::string const text = std::to_string(value);
        return {.f = "write", .key = key, .argument = text, .effect = [&thing, value, text] {
                    thing = value;
                    return text;
                }};
    }
    /// Numbered as it is invoked, so above all that its client has read; a lower one that takes
    /// effect later is as good as overwritten.
    Act version(std::uint32_t key, std::int64_t& thing) {
        std::int64_t const value = ++written_;
        std::string const text = std::to_string(value);
        return {.f = "write", .key = key, .argument = text, .effect = [&thing, value, text] {
                    thing = std::max(thing, value);
                    return text;
                }};
    }
    Act add() {
        std::int64_t const element = ++written_;
        std::string const text = std::to_string(element);
        return {.f = "add", .argument = text, .effect = [this, element, text] {
                    elements_.push_back(element);
                    return text;
                }};
    }
    Act count(std::int64_t& thing) {
        std::int64_t const amount = std::int64_t{below(8)} - 2;
        std::string const text = std::to_string(amount);
        return {.f = "add", .argument = text, .effect = [&thing, amount, text] {
                    thing += amount;
                    return text;
                }};
    }
    Act cas(std::uint32_t key, std::int64_t& thing) {
        std::int64_t const from = below(5);
        std::int64_t const to = below(5);
        std::string const both = fmt::format("[{},{}]", from, to);
        return {.f = "cas", .key = key, .argument = both, .effect = [&thing, from, to, both] {
                    if (thing != from) return std::string();
                    thing = to;
                    return both;
                }};
    }
    Act sale(std::uint32_t key, std::int64_t& thing) {
        bool const buys = below(10) != 0;
        std::int64_t const amount = buys ? 1 + std::int64_t{below(3)} : 1;
        std::string const text = std::to_string(amount);
        return {.f = buys ? "buy" : "cancel",
                .key = key,
                .argument = text,
                .effect = [&thing, amount, buys, text] {
                    if (buys ? thing + amount > quota : thing < amount) return std::string();
                    thing += buys ? amount : -amount;
                    return text;
                }};
    }
    Act bank() {
        if (below(2) == 0) return {.f = "read", .effect = [this] { return all_balances(); }};
        std::uint32_t const from = below(accounts);
        std::uint32_t const to = below(accounts);
        std::string const what = fmt::format(R"({{"from":{},"to":{},"amount":1}})", from, to);
        return {.f = "transfer", .argument = what, .effect = [this, from, to, what] {
                    if (balances_[from] == 0) return std::string();
                    --balances_[from];
                    ++balances_[to];
                    return what;
                }};
    }
    [[nodiscard]] std::string all_balances() const {
        std::string text;
        for (std::size_t i = 0; i < balances_.size(); ++i)
            text += fmt::format(R"({}"{}":{})", i == 0 ? "{" : ",", i, balances_[i]);
        return text + "}";
    }

    HistoryPlan const* plan_;
    std::FILE* file_;
    std::mt19937_64 engine_{1};
    fmt::memory_buffer buffer_;
    std::vector<Client> clients_;
    std::vector<std::int64_t> things_;
    std::vector<std::int64_t> balances_;
    std::vector<std::int64_t> elements_;
    std::int64_t written_{0};
    std::uint64_t index_{0};
    std::uint64_t next_process_{0};
};

}  // namespace

void write_history(HistoryPlan const& plan, std::string const& path) { Writer(plan, path).run(); }

}  // namespace interregnum::bench
