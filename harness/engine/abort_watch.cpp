// SPDX-License-Identifier: MIT
#include "harness/engine/abort_watch.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "harness/base/log.h"
#include "harness/base/units.h"
#include "harness/record/names.h"

namespace interregnum {

namespace {

using namespace std::chrono_literals;
constexpr Duration every = 200ms;

/// Why the run must end now; empty when it need not.
std::string reason(Limits const& limits, std::string const& stop_file,
                   AbortWatch::World const& world) {
    std::error_code ignored;
    if (!stop_file.empty() && std::filesystem::exists(stop_file, ignored))
        return fmt::format("the stop file {} is there; remove it before the next run", stop_file);
    record::Offset const now = world.clock.now() - world.origin;
    for (auto const& [service, longest] : limits.abort_if) {
        Duration const down = world.tally.not_served_for(service, now);
        if (down > longest)
            return fmt::format("abort_if: {} has been down for {} (limit {})",
                               record::to_string(service), format_seconds(down),
                               format_duration(longest));
    }
    for (auto const& [name, breach] : breach_names)
        if (world.breaches.has(breach) &&
            std::ranges::find(limits.abort_at, breach) != limits.abort_at.end())
            return fmt::format("abort_if: {} was noticed", name);
    return {};
}

}  // namespace

AbortWatch::AbortWatch(Limits limits, std::string stop_file, World world, std::stop_source& halt)
    : thread_([this, limits = std::move(limits), stop_file = std::move(stop_file), world,
               &halt](std::stop_token const& ended) {
          do {
              why_ = reason(limits, stop_file, world);
              if (why_.empty()) continue;
              log::warn("drill.aborted", why_);
              halt.request_stop();
              return;
          } while (world.clock.sleep_for(every, ended));
      }) {}

std::string AbortWatch::finish() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
    return why_;
}

}  // namespace interregnum
