// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "harness/record/event.h"
#include "harness/scenario/breach.h"

namespace interregnum {

/// A sink that passes everything on and says at once when a customer is told what another was told
/// already, or more is sold than there is for sale (the fact "for_sale", which the shop writes when
/// it opens). For people, and for `abort_if`: judging is for the reports, which have the record and
/// what is there in the end.
class SaleNotice final : public record::Sink {
public:
    /// `say` is called from whatever thread writes, and must not write here.
    SaleNotice(record::Sink& next, std::function<void(Breach, std::string)> say)
        : next_(next), say_(std::move(say)) {}
    void write(record::Event event) override;

private:
    /// Who was told a number, as a hash of the token; the place is the number modulo the size. So
    /// the last numbers of a sequence are known, in memory that does not grow: those that are given
    /// out again are the last ones before the leader was lost.
    struct Entry {
        std::int64_t number{};
        std::size_t token{};
    };
    static constexpr std::size_t remembered = 65'536;
    using Told = std::vector<Entry>;
    static constexpr int most_said = 5;  ///< of each kind; the report has them all

    void take(record::Attempt const& attempt);
    void remember(Told& told, record::Attempt const& attempt, char const* what);
    void say(Breach breach, std::string text);

    record::Sink& next_;
    std::function<void(Breach, std::string)> say_;
    std::mutex mutex_;
    std::map<int, record::Service> services_;  ///< of streams
    Told orders_ = Told(remembered);
    Told fences_ = Told(remembered);
    std::int64_t for_sale_{-1};  ///< -1: not known
    std::int64_t sold_{};
    std::map<Breach, int> said_;
};

}  // namespace interregnum
