// SPDX-License-Identifier: MIT
#include "harness/engine/watch_lines.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <stop_token>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/log.h"

namespace interregnum {

namespace {

using namespace std::chrono_literals;
using record::Offset;

/// A change is told so soon.
constexpr Duration look_every = 200ms;
/// Observers have told once by then how it stands: that is no change.
constexpr Duration first_looks = 1s;

using Entries = std::map<std::string, Offset>;

double seconds(Duration span) { return std::chrono::duration<double>(span).count(); }

double milliseconds(Duration span) {
    return std::chrono::duration<double, std::milli>(span).count();
}

std::string names(std::vector<std::string> const& all) {
    return all.empty() ? "nobody" : fmt::format("{}", fmt::join(all, " and "));
}

std::string entry_names(Entries const& entries) {
    std::string text;
    for (auto const& [entry, since] : entries) text += (text.empty() ? "" : ", ") + entry;
    return text;
}

Offset first_missing(Entries const& entries) {
    Offset first = Offset::max();
    for (auto const& [entry, since] : entries) first = std::min(first, since);
    return first;
}

Entries const& entries_of(Standing const& standing, std::string const& path) {
    static Entries const none;
    auto const found = standing.down.find(path);
    return found == standing.down.end() ? none : found->second;
}

/// Those of `all` that are not in `others`.
Entries without(Entries const& all, Entries const& others) {
    Entries left;
    for (auto const& one : all)
        if (!others.contains(one.first)) left.insert(one);
    return left;
}

std::string path_text(Offset now, LivePath const& path, Entries const& down) {
    std::string text = fmt::format("{} {}/{}", path.name, path.served, path.asked);
    if (path.served > 0)
        text += fmt::format(" {:.1f}/{:.1f} ms", milliseconds(path.median), milliseconds(path.p99));
    if (!down.empty())
        text += fmt::format(" DOWN {:.1f} s ({})", seconds(now - first_missing(down)),
                            entry_names(down));
    return text;
}

void tell_changes(Offset now, Standing const& was, Standing const& is) {
    auto const changes = watch_changes(now, was, is);
    if (changes.empty()) return;
    log::warn("watch.change", fmt::format("{:.1f} s: {}", seconds(now), fmt::join(changes, "; ")));
}

}  // namespace

std::string watch_line(Offset now, LiveLook const& look) {
    std::string text = fmt::format("{:.1f} s:", seconds(now));
    for (LivePath const& path : look.paths)
        text += ' ' + path_text(now, path, entries_of(look.standing, path.name)) + " |";
    text += fmt::format(" leader {}", names(look.standing.leaders));
    if (!look.standing.leaders.empty() && look.standing.timeline > 0)
        text += fmt::format(", timeline {}", look.standing.timeline);
    if (!look.standing.redis_masters.empty())
        text += fmt::format(" | redis master {}", names(look.standing.redis_masters));
    return text;
}

std::vector<std::string> watch_changes(Offset now, Standing const& was, Standing const& is) {
    std::vector<std::string> changes;
    if (was.leaders != is.leaders)
        changes.push_back(fmt::format("leader {} -> {}", names(was.leaders), names(is.leaders)));
    if (was.timeline != is.timeline && is.timeline > 0)
        changes.push_back(was.timeline > 0
                              ? fmt::format("timeline {} -> {}", was.timeline, is.timeline)
                              : fmt::format("timeline {}", is.timeline));
    if (was.redis_masters != is.redis_masters)
        changes.push_back(fmt::format("redis master {} -> {}", names(was.redis_masters),
                                      names(is.redis_masters)));
    std::set<std::string> paths;
    for (auto const& [path, entries] : was.down) paths.insert(path);
    for (auto const& [path, entries] : is.down) paths.insert(path);
    for (std::string const& path : paths) {
        Entries const& before = entries_of(was, path);
        Entries const& after = entries_of(is, path);
        if (Entries const down = without(after, before); !down.empty())
            changes.push_back(fmt::format("{} DOWN through {}", path, entry_names(down)));
        if (Entries const up = without(before, after); !up.empty())
            changes.push_back(fmt::format("{} served again through {}, after {:.1f} s", path,
                                          entry_names(up), seconds(now - first_missing(up))));
    }
    return changes;
}

WatchLines::WatchLines(LiveView& view, Duration every, Clock& clock, Instant origin)
    : thread_([&view, every, &clock, origin](std::stop_token const& stop) {
          log::info("watch.began",
                    "each path: served/ended attempts since the line before, median/99th "
                    "percentile of latency; Ctrl-C ends it, reads everything back and reports");
          Instant next = clock.now() + every;
          if (!clock.sleep_for(std::min(first_looks, every), stop)) return;
          Standing told = view.standing();
          told.down.clear();
          while (clock.sleep_for(look_every, stop)) {
              Instant const now = clock.now();
              Standing standing = view.standing();
              // Between two leaders nobody has one.
              if (standing.timeline == 0) standing.timeline = told.timeline;
              tell_changes(now - origin, told, standing);
              told = std::move(standing);
              if (now < next) continue;
              next = std::max(next + every, now);
              log::info("watch.now", watch_line(now - origin, view.take()));
          }
      }) {}

}  // namespace interregnum
