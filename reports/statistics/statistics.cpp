// SPDX-License-Identifier: MIT
#include "harness/statistics.h"

#include "reports/statistics/compare.h"
#include "reports/statistics/prometheus.h"
#include "reports/statistics/read_summary.h"
#include "reports/statistics/repeats.h"

namespace interregnum {
namespace {

RegisterStatistics const registered{{.name = "default",
                                     .read = read_summary,
                                     .repeats = tell_repeats,
                                     .prometheus = tell_prometheus,
                                     .compare = compare_runs}};

}  // namespace
}  // namespace interregnum
