// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/format.h"

namespace interregnum {

/// One line of the short report that terminal, markdown and page share.
struct Row {
    std::string label;  ///< "write"
    std::string main;   ///< "down 31.94 s (31.92 to 31.98)"
    std::string side;   ///< "limit 60 s    app1, app2: the same"
};

/// The lines from "write" to "again", in order; lines that say nothing are left out.
[[nodiscard]] std::vector<Row> summary_rows(Study const& study, Judgement const& judgement);

/// What is wrong or doubtful: failed and undecided expectations, findings, notes. The label is
/// FAILED, UNPROVEN, ERROR or note; `main` the sentence. Proof follows in rows without a label.
[[nodiscard]] std::vector<Row> trouble_rows(record::Record const& record,
                                            Judgement const& judgement);

}  // namespace interregnum
