// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "harness/fitness/fitness.h"

namespace interregnum::test {

/// A cluster of which every item finds everything good, but for what PostgreSQL does not tell.
[[nodiscard]] ClusterFacts good_cluster();

/// The node of that name, to spoil.
[[nodiscard]] FitnessFacts& facts_of(ClusterFacts& facts, std::string_view node);

/// The same facts with one key of one node ("" is the whole) set anew; "" as value: without it.
[[nodiscard]] ClusterFacts with(ClusterFacts facts, std::string_view node, std::string_view key,
                                std::string_view value);
/// The same facts with one source of one node ("" is the whole) that could not be asked.
[[nodiscard]] ClusterFacts without(ClusterFacts facts, std::string_view node,
                                   std::string_view source);

/// What one item says of them.
[[nodiscard]] ItemResult judged(std::string_view item, ClusterFacts const& facts);

/// The item finds something of that severity whose text has these words, and says what follows
/// and what to do.
void expect_found(std::string_view item, ClusterFacts const& facts, Severity severity,
                  std::string_view words, std::string_view remedy = "");
/// The item finds nothing, and knows all that it needs.
void expect_good(std::string_view item, ClusterFacts const& facts);
/// The item says that something is not known, with these words, and finds nothing.
void expect_unknown(std::string_view item, ClusterFacts const& facts, std::string_view words);

}  // namespace interregnum::test
