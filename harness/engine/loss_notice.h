// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "harness/record/event.h"

namespace interregnum {

/// A sink that passes everything on and says at once when an order that a customer was acknowledged
/// is gone. For people, and for `abort_if`: judging is for the reports, which have the final reads.
///
/// It must never say so wrongly, and rather says nothing. An order is gone from node N when a look
/// into N's table (`OrdersSeen`), asked after the acknowledgement had arrived, does not have it,
/// and:
///   - N takes writes, and Patroni's REST there says that it holds the leader's lock: so no standby
///     that lags, and no node that somebody promoted by hand;
///   - N itself had acknowledged it; or node S had, which was last seen, shortly before, as the
///     primary of a timeline older than N's. A node that was deposed and does not know yet is on an
///     older timeline than who acknowledges since; and for S to be on a newer one than it was seen
///     on, it would have had to lose and win two elections within `fresh`.
/// What was acknowledged by a server that is no known node, or one without a look that fresh, is
/// left to the reports.
class LossNotice final : public record::Sink {
public:
    /// `say` is called from whatever thread writes, and must not write here.
    LossNotice(record::Sink& next, std::function<void(std::string)> say)
        : next_(next), say_(std::move(say)) {}
    void write(record::Event event) override;

private:
    /// An acknowledged order.
    struct Told {
        std::int64_t id{};  ///< 0: none, or already said
        std::int64_t number{};
        int stream{};
        int server{};             ///< place in `nodes_`
        std::int64_t timeline{};  ///< that the server was seen on, as primary; 0: not known
        record::Offset finished{};
    };
    struct Node {
        std::string name;
        bool primary{};
        std::int64_t timeline{};
        record::Offset at{};  ///< when that was seen
        bool holds_lock{};
    };
    /// The last orders are remembered, in memory that does not grow: those that a failover loses
    /// are the last ones before it.
    static constexpr std::size_t remembered = 16'384;
    /// How old a look at the server of an order may be, to say on which timeline it was.
    static constexpr record::Offset fresh = std::chrono::seconds(2);
    static constexpr int most_said = 5;

    [[nodiscard]] int place_of(std::string const& node);
    void take(record::Attempt const& attempt);
    void take(record::ReplicationSeen const& seen);
    void compare(record::OrdersSeen const& seen);

    record::Sink& next_;
    std::function<void(std::string)> say_;
    std::mutex mutex_;
    std::map<int, bool> sales_;  ///< streams whose attempts are orders
    std::vector<Node> nodes_;    ///< that observers told of: as many as the inventory has
    std::vector<Told> told_ = std::vector<Told>(remembered);
    std::size_t next_place_{};
    int said_{};
};

}  // namespace interregnum
