// SPDX-License-Identifier: MIT
#include "reports/checkers/quota.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/checkers/by_line.h"
#include "reports/checkers/dense_ids.h"

namespace interregnum::checkers {
namespace {

constexpr std::size_t shown = 10;

/// How many were bought and given back.
struct Sums {
    std::int64_t bought{};
    std::int64_t returned{};
};

/// What has begun, will have happened at `end`, and has not been needed so far.
struct Waiting {
    std::uint32_t end;
    std::int64_t amount;
};

/// The one that ends first is on top.
class Queue {
public:
    void push(Waiting waiting) {
        all_.push_back(waiting);
        std::ranges::push_heap(all_, later);
    }
    /// Takes up to `amount` of what ends first; how much there was.
    std::int64_t take(std::int64_t amount) {
        std::int64_t taken = 0;
        while (taken < amount && !all_.empty()) {
            std::int64_t const part = std::min(amount - taken, all_.front().amount);
            taken += part;
            all_.front().amount -= part;
            if (all_.front().amount == 0) pop();
        }
        return taken;
    }
    /// What is left of the one that ends now; nothing else can have ended and be here still.
    std::int64_t end(std::uint32_t now) {
        if (all_.empty() || all_.front().end != now) return 0;
        std::int64_t const left = all_.front().amount;
        pop();
        return left;
    }

private:
    static bool later(Waiting const& one, Waiting const& other) { return one.end > other.end; }
    void pop() {
        std::ranges::pop_heap(all_, later);
        all_.pop_back();
    }
    std::vector<Waiting> all_;
};

/// One side of the trade.
struct Side {
    Queue certain;
    std::int64_t maybe{};  ///< in operations of unknown outcome
    /// Takes up to `amount`: first what has to happen anyway.
    std::int64_t take(std::int64_t amount) {
        std::int64_t taken = certain.take(amount);
        std::int64_t const more = std::min(amount - taken, maybe);
        maybe -= more;
        return taken + more;
    }
};

struct Key {
    Sums begun;
    Sums ended;
    Side buys;
    Side cancels;
    std::int64_t sold{};  ///< when everything happens as late as it can
};

std::int64_t amount_of(Operation const& operation) {
    return operation.value.is_nil() ? 1 : operation.value.number();
}

class Quota {
public:
    Quota(History const& history, std::int64_t quota)
        : history_(&history), quota_(quota), ended_at_begin_(history.processes) {}

    QuotaAnswer run() {
        DenseIds ids;
        ids.reset([&](auto const& tell) {
            for (Operation const& operation : history_->operations) tell(operation.key);
        });
        for (Operation const& operation : history_->operations) ids.add(operation.key);
        keys_.resize(ids.size());
        answer_.keys = ids.size();
        for (std::uint32_t const what : by_line(*history_)) {
            if (what == never) continue;
            Operation const& operation = history_->operations[what / 2];
            Key& key = keys_[ids.find(operation.key)];
            if (what % 2 == 0)
                begin(operation, key);
            else
                end(what / 2, operation, key);
        }
        if (answer_.oversold + answer_.unsold > 0 || answer_.refused + answer_.miscounts > 0)
            answer_.verdict = HistoryVerdict::invalid;
        else if (answer_.purchases + answer_.reads == 0)
            answer_.verdict = HistoryVerdict::unknown;
        return std::move(answer_);
    }

private:
    void begin(Operation const& operation, Key& key) {
        bool const looks = operation.action == Action::read || operation.outcome == Outcome::failed;
        if (looks) {
            ended_at_begin_[operation.process] = key.ended;
            return;
        }
        std::int64_t const amount = amount_of(operation);
        bool const buys = operation.action == Action::buy;
        (buys ? key.begun.bought : key.begun.returned) += amount;
        Side& side = buys ? key.buys : key.cancels;
        if (operation.outcome == Outcome::unknown) {
            side.maybe += amount;
            if (buys) answer_.uncertain += amount;
        } else {
            side.certain.push({operation.completed, amount});
        }
    }
    void end(std::uint32_t index, Operation const& operation, Key& key) {
        if (operation.action == Action::read) return read(index, operation, key);
        if (operation.outcome == Outcome::failed) return refused(index, operation, key);
        std::int64_t const amount = amount_of(operation);
        if (operation.action == Action::buy) {
            ++answer_.purchases;
            answer_.sold += amount;
            key.ended.bought += amount;
            sell(index, key);
        } else {
            answer_.cancelled += amount;
            key.ended.returned += amount;
            take_back(index, key);
        }
    }

    /// A purchase ends, and must have happened by now.
    void sell(std::uint32_t index, Key& key) {
        std::int64_t const left = key.buys.certain.end(history_->operations[index].completed);
        std::int64_t over = key.sold + left - quota_;
        if (over > 0) {
            std::int64_t const returned = key.cancels.take(std::min(over, key.sold));
            key.sold -= returned;
            over -= returned;
        }
        key.sold += left;
        if (over <= 0) return;
        key.sold = quota_;
        answer_.oversold += over;
        note(oversales_, "oversold", index,
             fmt::format("{} more {} sold than the quota of {}", over, over == 1 ? "is" : "are",
                         quota_));
    }
    /// A refund ends.
    void take_back(std::uint32_t index, Key& key) {
        std::int64_t const left = key.cancels.certain.end(history_->operations[index].completed);
        std::int64_t lacking = left - key.sold;
        if (lacking > 0) {
            std::int64_t const bought = key.buys.take(std::min(lacking, quota_ - key.sold));
            key.sold += bought;
            lacking -= bought;
        }
        key.sold -= left;
        if (lacking <= 0) return;
        key.sold = 0;
        answer_.unsold += lacking;
        note(returns_, "more given back than sold", index,
             fmt::format("{} given back that nobody can have had", lacking));
    }
    void read(std::uint32_t index, Operation const& operation, Key const& key) {
        if (operation.value.kind() != Value::Kind::integer) return;
        ++answer_.reads;
        Sums const& before = ended_at_begin_[operation.process];
        std::int64_t const least = std::max<std::int64_t>(before.bought - key.begun.returned, 0);
        std::int64_t const most = std::min(key.begun.bought - before.returned, quota_);
        std::int64_t const seen = operation.value.number();
        if (seen >= least && seen <= most) return;
        if (seen > quota_)
            note(answer_.miscounts, "oversold", index,
                 fmt::format("{} are sold of a quota of {}", seen, quota_));
        else
            note(answer_.miscounts, "wrong count", index,
                 fmt::format("{} were read as sold where {} to {} is possible", seen, least, most));
    }
    void refused(std::uint32_t index, Operation const& operation, Key const& key) {
        if (!sold_out(operation)) return;
        std::int64_t const most =
            std::min(key.begun.bought - ended_at_begin_[operation.process].returned, quota_);
        std::int64_t const amount = amount_of(operation);
        if (most + amount > quota_) return;
        note(answer_.refused, "false sold out", index,
             fmt::format("{} refused as sold out when at most {} of {} can have been sold", amount,
                         std::max<std::int64_t>(most, 0), quota_));
    }
    [[nodiscard]] bool sold_out(Operation const& operation) const {
        if (operation.action != Action::buy || operation.other.kind() != Value::Kind::text)
            return false;
        std::string_view const text = history_->texts.at(operation.other.index());
        return text.starts_with('"') && text.substr(1) == sold_out_reason;
    }
    void note(std::uint64_t& count, std::string_view kind, std::uint32_t index,
              std::string sentence) {
        if (count++ >= shown) return;
        Value const key = history_->operations[index].key;
        if (!key.is_nil()) sentence = fmt::format("key {}: {}", history_->show(key), sentence);
        answer_.found.push_back(
            {.kind = std::string(kind), .sentence = std::move(sentence), .proof = {index}});
    }

    History const* history_;
    std::int64_t quota_;
    std::vector<Key> keys_;
    std::vector<Sums> ended_at_begin_;  ///< by process, which has one operation at a time
    std::uint64_t oversales_{};
    std::uint64_t returns_{};
    QuotaAnswer answer_;
};

}  // namespace

QuotaAnswer check_quota(History const& history, std::int64_t quota) {
    return Quota(history, quota).run();
}

}  // namespace interregnum::checkers
