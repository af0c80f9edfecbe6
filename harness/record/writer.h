// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "harness/base/result.h"
#include "harness/record/event.h"

namespace interregnum::record {

/// Writes `record.jsonl`: a bounded queue and one thread that appends what was queued, at once or
/// 2 ms later when there is much of it, so that a killed controller loses no more than that. When
/// the disk is so slow that the queue fills, `write` waits (and says so in a Note), it never drops.
class Writer final : public Sink {
public:
    /// Creates the file; one that exists is an error.
    [[nodiscard]] static Result<std::unique_ptr<Writer>> create(std::string const& path);
    ~Writer() override;
    void write(Event event) override;
    /// Waits until all events taken so far are written and synced. An error here (disk full)
    /// means the record is not complete.
    [[nodiscard]] Status flush();

private:
    struct State;
    explicit Writer(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace interregnum::record
