// SPDX-License-Identifier: MIT
#include "reports/checkers/counter.h"

#include <algorithm>

#include <fmt/format.h>

namespace interregnum::checkers {
namespace {

constexpr std::size_t shown = 10;

/// What happens in each line of the file: the operation, twice its number, and one more at its end.
/// Failed operations are left out.
std::vector<std::uint32_t> by_line(History const& history) {
    std::vector<std::uint32_t> lines(std::size_t{history.lines} + 1, never);
    for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
        Operation const& operation = history.operations[i];
        if (operation.outcome == Outcome::failed) continue;
        lines[operation.invoked] = 2 * i;
        if (operation.outcome == Outcome::ok) lines[operation.completed] = 2 * i + 1;
    }
    return lines;
}

/// What has been added, and taken away, by adds that have begun or ended.
struct Sums {
    std::int64_t up{};
    std::int64_t down{};
    void add(std::int64_t amount) { (amount > 0 ? up : down) += amount; }
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
        if (operation.action == Action::add) {
            (ends ? ended : begun).add(operation.value.number());
            continue;
        }
        if (!ends) {
            ended_at_begin[index] = ended;
            continue;
        }
        if (operation.value.kind() != Value::Kind::integer) continue;
        CounterRead const read{.least = ended_at_begin[index].up + begun.down,
                               .value = operation.value.number(),
                               .most = begun.up + ended_at_begin[index].down};
        answer.reads.push_back(read);
        if (read.value >= read.least && read.value <= read.most) continue;
        if (answer.wrong++ < shown)
            answer.found.push_back(
                {.kind = "wrong count",
                 .sentence = fmt::format("{} was read where {} to {} is possible", read.value,
                                         read.least, read.most),
                 .proof = {index}});
    }
    if (answer.wrong > 0) answer.verdict = HistoryVerdict::invalid;
    return answer;
}

}  // namespace interregnum::checkers
