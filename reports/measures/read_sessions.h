// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "harness/measure.h"
#include "harness/record/event.h"

namespace interregnum {

/// A read that showed an older state than the same client had been shown before.
struct WentBack {
    record::Attempt const* earlier{};  ///< that had seen the most
    record::Attempt const* later{};
    /// On one connection that was kept from one to the other, to one server. Else the client had
    /// dialled anew or was led to another server, which may be behind.
    bool same_connection{};
};

/// Every such read, in order. A client is what makes every n-th attempt of a stream of n clients;
/// closed loops, whose numbers do not tell their clients apart, are left out.
[[nodiscard]] std::vector<WentBack> went_back(record::Record const& record);

}  // namespace interregnum
