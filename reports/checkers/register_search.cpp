// SPDX-License-Identifier: MIT
#include "reports/checkers/register_search.h"

#include <algorithm>

#include "reports/checkers/register_configurations.h"

namespace interregnum::checkers {

SearchAnswer RegisterSearch::run() {
    std::vector<std::uint32_t> ends;
    for (std::uint32_t i = 0; i < ops_.size(); ++i)
        if (ops_[i].completed != never) ends.push_back(i);
    std::ranges::sort(ends, {}, [this](std::uint32_t i) { return ops_[i].completed; });
    std::uint32_t begun = 0;
    for (std::uint32_t const index : ends) {
        while (begun < ops_.size() && ops_[begun].invoked < ops_[index].completed)
            if (!begin(begun++)) return {.verdict = SearchAnswer::Verdict::unknown};
        if (!end(index)) return {.verdict = SearchAnswer::Verdict::unknown};
        if (now_.size() == 0)
            return {.verdict = SearchAnswer::Verdict::broken, .at = ops_[index].place};
    }
    return {};
}

SearchAnswer search_register(std::span<RegisterOp const> ops, Value initial, Texts const& texts,
                             Budget& budget) {
    for (std::size_t const width : {std::size_t{32}, std::size_t{128}, std::size_t{512}}) {
        RegisterSearch search(ops, initial, texts, budget, width);
        SearchAnswer const answer = search.run();
        if (answer.verdict != SearchAnswer::Verdict::broken || !search.narrowed()) return answer;
    }
    return RegisterSearch(ops, initial, texts, budget, RegisterSearch::unlimited).run();
}

}  // namespace interregnum::checkers
