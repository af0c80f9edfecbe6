// SPDX-License-Identifier: MIT
#include "harness/cli/fails_so_far.h"

#include "harness/cli/outputs.h"
#include "harness/record/reader.h"

namespace interregnum {

bool fails_so_far(std::string const& record_file, record::Offset at) {
    auto record = record::read_record(record_file);
    if (!record) return true;
    // As if it ended here; what the nodes are like afterwards is no fail of the drill's.
    record->ended = record::RunEnded{.reason = record::EndReason::completed, .at = at};
    return judge(*record).verdict == Verdict::fail;
}

}  // namespace interregnum
