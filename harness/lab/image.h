// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/lab/lab.h"

namespace interregnum {

/// Limits of the file systems in memory that each node has beside its disk.
inline constexpr std::uint64_t node_run_bytes = 64U << 20U;
inline constexpr std::uint64_t node_shm_bytes = 256U << 20U;

/// The packages of every node. All nodes share one image; what a node is, is decided by the units
/// that its own files enable.
[[nodiscard]] std::vector<std::string> const& image_packages();

/// Units that a node does not need, or that must not run in one.
[[nodiscard]] std::vector<std::string> const& image_masked_units();

/// What the image is made of, as text: a changed recipe is another image.
[[nodiscard]] std::string image_recipe();

/// Name of the image of a recipe: "image-" and a hash of it.
[[nodiscard]] std::string image_name(std::string_view recipe);

struct Image {
    std::string root;       ///< the tree that nodes mount, never written to
    std::string guc_table;  ///< `postgres --describe-config` of its server
};

/// The image of the present recipe: the cached one, or a new one, which takes about a minute.
/// Images of other recipes are removed. Never leaves half an image behind under its name.
[[nodiscard]] Result<Image> provide_image(LabProgress const& progress, std::stop_token stop);

}  // namespace interregnum
