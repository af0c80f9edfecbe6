// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "harness/record/event.h"

namespace interregnum {

/// A sink that passes everything on and says at once when two nodes take canary writes at the same
/// time, while it happens. For people only: judging is for the reports, which have the record.
///
/// As careful as they are: a node takes writes from the end of the try that first was accepted to
/// the begin of the last one that was. A node of which nothing else is heard is believed to go on
/// taking them only once a try that it does not answer would have been told.
class SplitBrainNotice final : public record::Sink {
public:
    /// `say` is called from whatever thread writes, and must not write here.
    SplitBrainNotice(record::Sink& next, std::function<void(std::string)> say)
        : next_(next), say_(std::move(say)) {}
    void write(record::Event event) override;

private:
    struct Overlap {
        record::Offset from{};
        bool said{};
    };
    using Pair = std::pair<std::string, std::string>;  ///< in alphabetical order

    void take(record::CanarySeen const& canary);
    void end(Pair const& pair, Overlap const& overlap, record::Offset to);
    void say_what_lasts(record::Offset now);

    record::Sink& next_;
    std::function<void(std::string)> say_;
    std::mutex mutex_;
    std::map<std::string, record::Offset> writable_since_;  ///< nodes that take writes now
    std::map<Pair, Overlap> overlaps_;
};

}  // namespace interregnum
