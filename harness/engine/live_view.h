// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/clock.h"
#include "harness/record/event.h"

namespace interregnum {

/// How it stands, as far as customers and observers have told.
struct Standing {
    std::vector<std::string> leaders;        ///< nodes that hold Patroni's lock; in order
    std::int64_t timeline{};                 ///< of the leader that was seen last; 0: not known
    std::vector<std::string> redis_masters;  ///< nodes that a Sentinel names; in order
    /// By path ("write") and entry point: the start of the first attempt that was missing after the
    /// last one that was served.
    std::map<std::string, std::map<std::string, record::Offset>> down;
};

/// How the attempts of one path fared that ended since the last look.
struct LivePath {
    std::string name;  ///< "write", "new conn.", "read", "redis", "ticket"...
    std::int64_t asked{};
    std::int64_t served{};  ///< of them, in time
    Duration median{};      ///< of the latency of those that were served; 0 when none was
    Duration p99{};
};

/// What a line for people is made of.
struct LiveLook {
    Standing standing;
    std::vector<LivePath> paths;  ///< in the order in which customers came
};

/// A sink that passes everything on and keeps what somebody who watches wants to see. For people
/// only: judging is for the reports, which have the record.
class LiveView final : public record::Sink {
public:
    explicit LiveView(record::Sink& next) : next_(next) {}
    void write(record::Event event) override;

    [[nodiscard]] Standing standing() const;
    /// Counts begin anew.
    [[nodiscard]] LiveLook take();

private:
    struct Path {
        std::string name;
        std::int64_t asked{};
        std::vector<Duration> latencies{};  ///< of attempts that were served
    };
    struct Stream {
        std::size_t path{};
        std::string entry;
        record::Offset deadline{};
        record::Offset served{record::Offset::min()};  ///< start of the last that was
        std::optional<record::Offset> missing{};       ///< of the first one since that was not
    };
    struct Member {
        bool holds_lock{};
        std::int64_t timeline{};
        record::Offset at{};
    };

    void add(record::StreamDeclared const& stream);
    void add(record::Attempt const& attempt);
    [[nodiscard]] Standing standing_now() const;

    record::Sink& next_;
    mutable std::mutex mutex_;
    std::vector<Path> paths_;
    std::map<int, Stream> streams_;
    std::map<std::string, Member> members_;
    std::map<std::string, std::string> masters_;  ///< by Sentinel
};

}  // namespace interregnum
