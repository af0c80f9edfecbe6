// SPDX-License-Identifier: MIT
#include "reports/checkers/counter.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "reports/checkers/by_line.h"

namespace interregnum::checkers {
namespace {

constexpr std::size_t shown = 10;

/// Sums that would be larger than a number can be stay at the largest.
std::int64_t plus(std::int64_t one, std::int64_t other) {
    std::int64_t sum = 0;
    if (!__builtin_add_overflow(one, other, &sum)) return sum;
    return one > 0 ? std::numeric_limits<std::int64_t>::max()
                   : std::numeric_limits<std::int64_t>::min();
}

/// What has been added, and taken away, by adds that have begun or ended.
struct Sums {
    std::int64_t up{};
    std::int64_t down{};
    void add(std::int64_t amount) {
        std::int64_t& sum = amount > 0 ? up : down;
        sum = plus(sum, amount);
    }
};

}  // namespace

CounterAnswer check_counter(History const& history) {
    CounterAnswer answer;
    Sums begun;
    Sums ended;
    std::vector<Sums> ended_at_begin(history.operations.size());  // of reads
    for (std::uint32_t const what : by_line(history)) {
        if (what == never) continue;
        std::uint32_t const index = what / 2;
        bool const ends = what % 2 == 1;
        Operation const& operation = history.operations[index];
        if (operation.outcome == Outcome::failed) continue;
        if (operation.action == Action::add) {
            (ends ? ended : begun).add(operation.value.number());
            continue;
        }
        if (!ends) {
            ended_at_begin[index] = ended;
            continue;
        }
        if (operation.value.kind() != Value::Kind::integer) continue;
        CounterRead const read{.least = plus(ended_at_begin[index].up, begun.down),
                               .value = operation.value.number(),
                               .most = plus(begun.up, ended_at_begin[index].down)};
        answer.reads.push_back(read);
        if (read.value >= read.least && read.value <= read.most) continue;
        if (answer.wrong++ < shown)
            answer.found.push_back(
                {.kind = "wrong count",
                 .sentence = fmt::format("{} was read where {} to {} is possible", read.value,
                                         read.least, read.most),
                 .proof = {index}});
    }
    if (answer.reads.empty())
        answer.verdict = HistoryVerdict::unknown;
    else if (answer.wrong > 0)
        answer.verdict = HistoryVerdict::invalid;
    return answer;
}

}  // namespace interregnum::checkers
