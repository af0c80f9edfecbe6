// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "harness/base/clock.h"
#include "harness/record/event.h"

namespace interregnum {

/// A sink that passes everything on and keeps the little that a running drill asks about:
/// when each write entry last worked, when an attempt was last missing, and totals for the
/// status line. Judging is not its business.
class LiveTally final : public record::Sink {
public:
    explicit LiveTally(record::Sink& next) : next_(next) {}
    void write(record::Event event) override;

    struct Totals {
        std::int64_t ok{};
        std::int64_t failed{};
        std::int64_t unknown{};
    };
    /// Since the last call: for a status line.
    [[nodiscard]] Totals take_totals();
    /// True when every write entry point had a good write that started at or after `since`.
    [[nodiscard]] bool all_writable_since(record::Offset since) const;
    /// Whether any customer writes through an entry point: if not, nobody can tell whether it takes
    /// writes.
    [[nodiscard]] bool anybody_writes() const;
    /// When an attempt that was due last failed to be ok in time; nullopt when none did.
    [[nodiscard]] std::optional<record::Offset> last_missing() const;
    /// For how long, as of `now`, the worst stream of a service has not been served: since its last
    /// good attempt's start, less the deadline that an attempt under way still has. 0 while all
    /// are served, and before the first attempts.
    [[nodiscard]] Duration not_served_for(record::Service service, record::Offset now) const;
    /// Entry points that had no good write that started at or after `since`.
    [[nodiscard]] std::vector<std::string> not_writable_since(record::Offset since) const;

private:
    record::Sink& next_;
    mutable std::mutex mutex_;
    std::map<int, record::StreamDeclared> streams_;
    std::map<std::string, record::Offset> last_good_write_;  ///< by entry point
    std::map<int, record::Offset> last_good_;  ///< by stream; its first attempt until one is good
    std::optional<record::Offset> last_missing_;
    Totals totals_;
};

}  // namespace interregnum
