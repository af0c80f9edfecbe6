// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/fault.h"

namespace interregnum {

/// A promise to undo: written and synced before the first inject command leaves.
struct Promise {
    std::string fault_id;
    std::string kind;
    std::vector<std::string> targets;
    std::vector<FaultCommand> undo;
    std::string summary;
};

/// `undo.journal` of a run: one JSON line a promise, one a kept promise. Append-only, each line
/// synced to disk before the call returns, so that a controller that dies at any instant leaves
/// either no fault or a promise to undo it. Everything in it is plain data: `heal` needs no
/// scenario and no memory of the run.
class UndoJournal {
public:
    /// Opens for appending; creates the file (and syncs its folder) when absent. A last line that
    /// a crash cut off is taken away.
    [[nodiscard]] static Result<UndoJournal> open(std::string const& path);
    UndoJournal(UndoJournal&& other) noexcept;
    UndoJournal& operator=(UndoJournal&&) = delete;
    UndoJournal(UndoJournal const&) = delete;
    UndoJournal& operator=(UndoJournal const&) = delete;
    ~UndoJournal();

    [[nodiscard]] Status promise(Promise const& promise);
    [[nodiscard]] Status kept(std::string const& fault_id);

private:
    UndoJournal(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
    [[nodiscard]] Status append(std::string line);
    int fd_;
    std::string path_;
};

/// Promises not yet kept, in the order they were made. A last line cut off by a crash is
/// ignored: its inject had not left yet. Any other broken line is an error naming the line.
[[nodiscard]] Result<std::vector<Promise>> open_promises(std::string const& path);

/// The same over the text of a journal. Pure.
[[nodiscard]] Result<std::vector<Promise>> parse_journal(std::string_view text);

}  // namespace interregnum
