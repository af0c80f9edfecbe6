// SPDX-License-Identifier: MIT
#pragma once

#include "harness/format.h"

namespace interregnum {

/// Where AWS took nodes away (measures/reclaims.h), nothing about availability is judged: what
/// held and what failed of it become inconclusive, and say why. Durability and safety stay.
void set_aside_what_reclaims_spoil(record::Record const& record, Judgement& judgement);

}  // namespace interregnum
