// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>

#include "harness/base/exit_code.h"
#include "harness/history_model.h"

namespace interregnum {

/// What `check FILE --model NAME` was told.
struct CheckHistoryFlags {
    std::string path;
    std::string model;
    std::map<std::string, std::string> options;  ///< of the model, as they were written
    std::string within{"60s"};
    std::string memory{"1GiB"};
    bool json{false};
};

/// Judges somebody's history and prints what is wrong; the last line is the verdict.
[[nodiscard]] ExitCode check_history(CheckHistoryFlags const& flags);

/// As printed: findings with their proof, and the verdict as the last line.
[[nodiscard]] std::string history_text(HistoryJudgement const& judgement);
/// One JSON object: file, model, verdict, sentence, operations, numbers, findings.
[[nodiscard]] std::string history_json(CheckHistoryFlags const& flags,
                                       HistoryJudgement const& judgement);

}  // namespace interregnum
