// SPDX-License-Identifier: MIT
#include "harness/lab/defect.h"

namespace interregnum {
namespace {

/// A dump of yesterday's sequences over today's rows.
RegisterDefect const registered{
    {.name = "sequence_restored",
     .summary = "the sequence of order numbers is set back to its start",
     .job = "leader && ask \"SELECT setval('interregnum.orders_id_seq', 1)\" >/dev/null"}};

}  // namespace
}  // namespace interregnum
