// SPDX-License-Identifier: MIT
#include <algorithm>

#include "reports/checkers/set_elements.h"
#include "reports/checkers/set_full.h"

namespace interregnum::checkers {
namespace {

constexpr std::size_t shown = 10;

/// The `ok` read that ended last, or the number of operations.
std::uint32_t last_read(History const& history) {
    auto const& all = history.operations;
    auto best = static_cast<std::uint32_t>(all.size());
    for (std::uint32_t i = 0; i < all.size(); ++i)
        if (all[i].action == Action::read && all[i].outcome == Outcome::ok &&
            all[i].value.kind() == Value::Kind::list &&
            (best == all.size() || all[i].completed > all[best].completed))
            best = i;
    return best;
}

}  // namespace

SetAnswer check_set(History const& history) {
    SetAnswer answer;
    SetElements elements(history);
    std::uint32_t const read = last_read(history);
    auto const note = [&](std::string_view kind, std::string_view sentence, Value element,
                          std::vector<std::uint32_t> proof, std::uint64_t before) {
        if (before >= shown) return;
        answer.found.push_back({.kind = std::string(kind),
                                .sentence = history.show(element) + ": " + std::string(sentence),
                                .proof = std::move(proof)});
    };
    auto const& all = elements.all();
    answer.attempts = all.size();
    answer.acknowledged = static_cast<std::uint64_t>(std::ranges::count_if(
        all, [](SetElement const& element) { return element.acked != never; }));
    if (read == history.operations.size()) {
        answer.verdict = HistoryVerdict::unknown;
        return answer;
    }
    std::vector<bool> there(all.size());
    for (Value const item : history.lists.at(history.operations[read].value)) {
        std::uint32_t const id = elements.find(item);
        if (id == DenseIds::none) {
            note("unexpected", "an element was read that nobody added", item, {read},
                 answer.unexpected.size());
            answer.unexpected.push_back(item);
        } else if (there[id]) {
            note("duplicate", "an element was twice in the last read", item, {all[id].add, read},
                 answer.duplicated++);
        } else {
            there[id] = true;
        }
    }
    for (std::size_t id = 0; id < all.size(); ++id) {
        SetElement const& element = all[id];
        bool const missing = !there[id] && element.acked != never;
        if (missing && element.acked >= history.operations[read].invoked) {
            ++answer.later;
        } else if (missing) {
            note("lost", "an element was acknowledged and is not in the last read", element.value,
                 {element.add, read}, answer.lost.size());
            answer.lost.push_back(element.value);
        }
        if (!there[id]) continue;
        answer.ok.push_back(element.value);
        if (element.acked != never) continue;
        answer.recovered.push_back(element.value);
        if (element.all_failed)
            note("failed but there", "an element was read whose add had failed", element.value,
                 {element.add, read}, answer.aborted++);
    }
    if (!answer.lost.empty() || !answer.unexpected.empty() ||
        answer.duplicated + answer.aborted > 0)
        answer.verdict = HistoryVerdict::invalid;
    else if (answer.later > 0)
        answer.verdict = HistoryVerdict::unknown;
    return answer;
}

}  // namespace interregnum::checkers
