// SPDX-License-Identifier: MIT
#include "reports/checkers/set_full.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "reports/checkers/set_elements.h"

namespace interregnum::checkers {
namespace {

constexpr std::size_t shown = 10;
constexpr std::uint32_t no_read = never;

/// What the reads say of an element; reads by their number in the order they began.
struct Sight {
    std::uint32_t known{never};       ///< the line at which it was known first
    std::uint32_t known_by{no_read};  ///< the read that made it known; else its add did
    std::uint32_t last_present{no_read};
    std::uint32_t last_absent{no_read};
};

class SetFull {
public:
    explicit SetFull(History const& history) : history_(&history), elements_(history) {}

    SetFullAnswer run() {
        auto const& operations = history_->operations;
        for (std::uint32_t i = 0; i < operations.size(); ++i)
            if (operations[i].action == Action::read && operations[i].outcome == Outcome::ok)
                reads_.push_back(i);  // operations are in the order they began
        prepare();
        for (auto number = static_cast<std::uint32_t>(reads_.size()); number-- > 0;) look(number);
        answer_.elements = sights_.size();
        answer_.reads = reads_.size();
        answer_.timed = !history_->times.empty() &&
                        std::ranges::any_of(history_->times, [](Times const& times) {
                            return times.completed != 0;
                        });
        for (std::uint32_t id = 0; id < sights_.size(); ++id) judge(id);
        quantiles(stable_, answer_.stable_ms);
        quantiles(lost_, answer_.lost_ms);
        if (!answer_.lost.empty() || answer_.duplicated + answer_.aborted + answer_.unexpected > 0)
            answer_.verdict = HistoryVerdict::invalid;
        else if (answer_.stable == 0 || answer_.later > 0)
            answer_.verdict = HistoryVerdict::unknown;
        return std::move(answer_);
    }

private:
    void prepare() {
        auto const& all = elements_.all();
        sights_.resize(all.size());
        for (std::size_t id = 0; id < all.size(); ++id) {
            sights_[id].known = all[id].acked;
            answer_.acknowledged += all[id].acked != never ? 1U : 0U;
        }
        // A bit an element, on while no read without it has been met, from the last read back.
        never_absent_.assign((all.size() + 63) / 64, ~std::uint64_t{0});
        present_.assign(never_absent_.size(), 0);
    }

    void look(std::uint32_t number) {
        Operation const& read = history_->operations[reads_[number]];
        if (read.value.kind() != Value::Kind::list) return;
        for (Value const item : history_->lists.at(read.value)) {
            std::uint32_t const id = elements_.find(item);
            if (id == DenseIds::none) {
                note(answer_.unexpected, "unexpected", "an element was read that nobody added",
                     item, {reads_[number]});
                continue;
            }
            std::uint64_t const bit = std::uint64_t{1} << (id % 64);
            if ((present_[id / 64] & bit) != 0) {
                note(answer_.duplicated, "duplicate", "an element was twice in one read", item,
                     {elements_.all()[id].add, reads_[number]});
                continue;
            }
            present_[id / 64] |= bit;
            Sight& sight = sights_[id];
            if (sight.last_present == no_read) sight.last_present = number;
            if (read.completed < sight.known) {
                sight.known = read.completed;
                sight.known_by = number;
            }
        }
        absent(number, read.completed);
        std::ranges::fill(present_, 0);
    }

    /// Of the elements that could be in the read, those that are not.
    void absent(std::uint32_t number, std::uint32_t end) {
        auto const& all = elements_.all();
        auto const count = static_cast<std::size_t>(
            std::ranges::lower_bound(all, end, {}, &SetElement::invoked) - all.begin());
        for (std::size_t word = 0; word * 64 < count; ++word) {
            std::uint64_t missing = never_absent_[word] & ~present_[word];
            if (count - word * 64 < 64) missing &= (std::uint64_t{1} << (count - word * 64)) - 1;
            never_absent_[word] &= ~missing;
            for (; missing != 0; missing &= missing - 1)
                sights_[word * 64 + static_cast<unsigned>(std::countr_zero(missing))].last_absent =
                    number;
        }
    }

    void judge(std::uint32_t id) {
        Sight const& sight = sights_[id];
        SetElement const& element = elements_.all()[id];
        bool const seen = sight.last_present != no_read;
        bool const missed = sight.last_absent != no_read;
        if (element.all_failed && seen)
            note(answer_.aborted, "failed but there", "an element was read whose add had failed",
                 element.value, {element.add, reads_[sight.last_present]});
        if (seen && (!missed || sight.last_present > sight.last_absent)) {
            ++answer_.stable;
            if (!answer_.timed) return;
            stable_.push_back(missed ? latency(sight, sight.last_absent) : 0);
            if (stable_.back() < 1) return;
            if (answer_.stale++ < shown) answer_.stale_ones.push_back(element.value);
            return;
        }
        bool const lost = missed && sight.known != never &&
                          sight.known < history_->operations[reads_[sight.last_absent]].invoked;
        if (!lost) {
            ++answer_.never_read;
            // A read that began since would have shown it, or proved it lost: there was none.
            if (!seen && element.acked != never) ++answer_.later;
            return;
        }
        answer_.lost.push_back(element.value);
        if (answer_.timed) lost_.push_back(seen ? latency(sight, sight.last_present) : 0);
        std::uint64_t before = answer_.lost.size() - 1;
        std::vector<std::uint32_t> proof{element.add};
        if (seen) proof.push_back(reads_[sight.last_present]);
        if (element.acked == never && sight.known_by != no_read &&
            sight.known_by != sight.last_present)
            proof.push_back(reads_[sight.known_by]);
        proof.push_back(reads_[sight.last_absent]);
        note(before, "lost", "an element was known to be there, and later reads did not have it",
             element.value, std::move(proof));
    }

    /// Whole milliseconds from when it was known to just after the begin of that read.
    [[nodiscard]] std::int64_t latency(Sight const& sight, std::uint32_t read) const {
        SetElement const& element =
            elements_.all()[static_cast<std::size_t>(&sight - sights_.data())];
        std::uint32_t const by = sight.known_by != no_read ? reads_[sight.known_by] : element.add;
        // Times are the file's: their difference may be too large to be any time.
        std::int64_t span = 0;
        if (__builtin_sub_overflow(history_->times[reads_[read]].invoked,
                                   history_->times[by].completed, &span) ||
            span < 0)
            return 0;
        return (span + (span < std::numeric_limits<std::int64_t>::max() ? 1 : 0)) / 1'000'000;
    }

    void note(std::uint64_t& count, std::string_view kind, std::string_view sentence, Value element,
              std::vector<std::uint32_t> proof) {
        if (count++ >= shown) return;
        answer_.found.push_back({.kind = std::string(kind),
                                 .sentence = history_->show(element) + ": " + std::string(sentence),
                                 .proof = std::move(proof)});
    }

    static void quantiles(std::vector<std::int64_t>& values, Latencies& to) {
        if (values.empty()) return;
        std::ranges::sort(values);
        constexpr std::array<double, 5> at{0, 0.5, 0.95, 0.99, 1};
        for (std::size_t i = 0; i < at.size(); ++i) {
            auto const index = static_cast<std::size_t>(at[i] * static_cast<double>(values.size()));
            to[i] = values[std::min(index, values.size() - 1)];
        }
    }

    History const* history_;
    SetElements elements_;
    SetFullAnswer answer_;
    std::vector<std::uint32_t> reads_;
    std::vector<Sight> sights_;
    std::vector<std::uint64_t> never_absent_;
    std::vector<std::uint64_t> present_;
    std::vector<std::int64_t> stable_;
    std::vector<std::int64_t> lost_;
};

}  // namespace

SetFullAnswer check_set_full(History const& history) { return SetFull(history).run(); }

}  // namespace interregnum::checkers
