// SPDX-License-Identifier: MIT
#include "reports/measures/fences.h"

#include <algorithm>
#include <map>
#include <set>

#include "harness/measure.h"

namespace interregnum {
namespace {

using record::Attempt;

/// Attempts that were given a token. Whether the cart was filled in the end does not matter: they
/// held the lock.
std::vector<Attempt const*> holders(record::Record const& record) {
    std::set<int> carts;
    for (auto const& stream : record.streams)
        if (stream.service == record::Service::cart) carts.insert(stream.id);
    std::vector<Attempt const*> found;
    for (Attempt const& attempt : record.attempts)
        if (attempt.id > 0 && carts.contains(attempt.stream)) found.push_back(&attempt);
    std::ranges::stable_sort(found, {}, &Attempt::started);
    return found;
}

MeasureValue count(Study const& study) {
    if (holders(study).empty()) return {.why_unknown = "nobody held a lock in Redis"};
    auto const broken = static_cast<std::int64_t>(study.of<broken_fences>().size());
    return {.known = true, .at_least = broken, .at_most = broken, .best = broken};
}

RegisterMeasure const registered{
    {.name = "fences.broken",
     .summary = "locks in Redis whose fencing token was given out before, or is not higher",
     .unit = Unit::count,
     .compute = count}};

}  // namespace

std::vector<BrokenFence> broken_fences(record::Record const& record) {
    auto const by_start = holders(record);
    auto by_end = by_start;
    std::ranges::stable_sort(by_end, {}, &Attempt::finished);
    std::vector<BrokenFence> broken;
    std::map<std::int64_t, Attempt const*> first_with;
    Attempt const* highest = nullptr;  // of those that had ended
    auto ended = by_end.begin();
    for (Attempt const* attempt : by_start) {
        for (; ended != by_end.end() && (*ended)->finished < attempt->started; ++ended)
            if (highest == nullptr || (*ended)->id > highest->id) highest = *ended;
        auto const [same, is_new] = first_with.try_emplace(attempt->id, attempt);
        if (!is_new)
            broken.push_back({.earlier = *same->second, .later = *attempt});
        else if (highest != nullptr && attempt->id <= highest->id)
            broken.push_back({.earlier = *highest, .later = *attempt});
    }
    return broken;
}

}  // namespace interregnum
