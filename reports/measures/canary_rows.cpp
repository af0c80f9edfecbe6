// SPDX-License-Identifier: MIT
#include "reports/measures/canary_rows.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/measures/final_tables.h"

namespace interregnum {
namespace {

using record::CanarySeen;
using record::Record;

constexpr std::size_t most_ranges = 5;

// Numbers of canary rows, both included.
struct Range {
    std::int64_t first{};
    std::int64_t last{};
};
using Ranges = std::vector<Range>;

std::int64_t size_of(Ranges const& ranges) {
    std::int64_t size = 0;
    for (Range const& range : ranges) size += range.last - range.first + 1;
    return size;
}

std::string show(Ranges const& ranges) {
    std::string text;
    for (std::size_t i = 0; i < std::min(ranges.size(), most_ranges); ++i) {
        text += i > 0 ? ", " : "";
        text += ranges[i].first == ranges[i].last
                    ? std::to_string(ranges[i].first)
                    : fmt::format("{} to {}", ranges[i].first, ranges[i].last);
    }
    return ranges.size() > most_ranges ? text + "..." : text;
}

// The rows that `table` holds of a node's canary: "db1/388", first number, how many follow it.
Ranges held(FinalTable const& table, std::string const& node) {
    Ranges ranges;
    for (auto const& row : table.rows)
        if (row.token.starts_with(node + '/'))
            ranges.push_back({.first = row.id, .last = row.id + row.count - 1});
    std::ranges::sort(ranges, {}, &Range::first);
    return ranges;
}

// What the node acknowledged in the times in which it was open and that reach into the split.
// Between two looks that the record has, every number was acknowledged: the observer writes one
// as soon as an answer differs. One that was open to the end acknowledged at least `highest`.
Ranges acknowledged(Record const& record, std::string const& node, SplitBrain const& brain,
                    std::int64_t highest) {
    std::vector<CanarySeen const*> looks;
    for (CanarySeen const& seen : record.canaries)
        if (seen.node == node) looks.push_back(&seen);
    std::ranges::stable_sort(looks, {}, [](CanarySeen const* one) { return one->at; });
    Ranges ranges;
    for (std::size_t i = 0; i < looks.size(); ++i) {
        CanarySeen const& look = *looks[i];
        CanarySeen const* const next = i + 1 < looks.size() ? looks[i + 1] : nullptr;
        bool const meanwhile =
            look.asked <= brain.latest && (next == nullptr || next->at >= brain.earliest);
        if (!look.accepted || look.number == 0 || !meanwhile) continue;
        std::int64_t last = highest;
        if (next != nullptr) last = next->accepted ? next->number - 1 : next->number;
        ranges.push_back({.first = look.number, .last = std::max(look.number, last)});
    }
    return ranges;
}

// What is in `all` and not in `there`; both by number.
Ranges missing(Ranges const& all, Ranges const& there) {
    Ranges gone;
    for (Range const& range : all) {
        std::int64_t next = range.first;
        for (Range const& part : there) {
            if (part.last < next) continue;
            if (part.first > range.last) break;
            if (part.first > next) gone.push_back({.first = next, .last = part.first - 1});
            next = part.last + 1;
        }
        if (next <= range.last) gone.push_back({.first = next, .last = range.last});
    }
    return gone;
}

}  // namespace

std::vector<std::string> canary_losses(Record const& record, SplitBrain const& brain) {
    std::vector<std::string> sentences;
    if (brain.customers) return sentences;
    auto const tables = final_tables(record);
    FinalTable const* const leader = leaders_table(tables, "canaries");
    for (std::string const& node : {brain.one, brain.other}) {
        Ranges const there = leader == nullptr ? Ranges{} : held(*leader, node);
        Ranges const said =
            acknowledged(record, node, brain, there.empty() ? 0 : there.back().last);
        if (said.empty()) continue;
        std::string text =
            fmt::format("{} acknowledged its test writes {} in that time", node, show(said));
        if (leader == nullptr) {
            sentences.push_back(text + "; nobody read them back");
            continue;
        }
        Ranges const gone = missing(said, there);
        sentences.push_back(
            gone.empty() ? fmt::format("{}: all are there on {} in the end", text, leader->source)
                         : fmt::format("{}: {} of {} are gone from {} in the end ({})", text,
                                       size_of(gone), size_of(said), leader->source, show(gone)));
    }
    return sentences;
}

}  // namespace interregnum
