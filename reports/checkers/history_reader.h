// SPDX-License-Identifier: MIT
#pragma once

#include "harness/history_model.h"
#include "reports/checkers/history.h"
#include "reports/checkers/history_line.h"

namespace interregnum::checkers {

struct ReadOptions {
    bool times{false};    ///< keep the `time` of events
    unsigned threads{0};  ///< that scan lines; 0: as many as there are processors
    std::size_t piece{std::size_t{1} << 20U};  ///< bytes that one of them takes at a time
};

/// Reads a history in JSON lines, `{"process", "type", "f", "value"}` an event, and pairs what
/// began with what ended. Errors say "FILE:LINE:COLUMN: what was expected".
[[nodiscard]] Result<History> read_history(HistorySource const& source, Shape const& shape,
                                           HistoryLimits const& limits,
                                           ReadOptions const& options = {});

/// A text as a source: for tests, and for what came through a pipe.
class TextSource final : public HistorySource {
public:
    TextSource(std::string name, std::string_view text) : name_(std::move(name)), text_(text) {}
    [[nodiscard]] std::string const& name() const override { return name_; }
    [[nodiscard]] std::uint64_t size() const override { return text_.size(); }
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset,
                                              std::span<char> to) const override;

private:
    std::string name_;
    std::string_view text_;
};

}  // namespace interregnum::checkers
