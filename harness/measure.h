// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "harness/base/registry.h"
#include "harness/record/event.h"

namespace interregnum {

enum class Unit { duration, count, bytes };

/// `at_most` of a value that has no upper bound: the path was still down when the run ended.
inline constexpr std::int64_t unbounded = std::numeric_limits<std::int64_t>::max();

/// A number from a record with its error: the true value lies in [at_least, at_most].
/// Nanoseconds, a count or bytes, by the measure's unit; counts have both bounds equal.
struct MeasureValue {
    bool known{};  ///< false: the record cannot say (no attempts, no final read...)
    std::int64_t at_least{};
    std::int64_t at_most{};
    std::int64_t best{};  ///< what is shown as *the* number; between the two
    std::string why_unknown{};
};

/// A record with what was worked out from it so far. Measures, checks and formats need the same
/// things (the outages of every path, the books): each is worked out once per study. The record
/// must outlive the study and not change meanwhile. One thread at a time.
class Study {
public:
    // Implicit in both directions: a study can stand wherever a record is wanted, and a record
    // where a study is (then nothing is shared).
    Study(record::Record const& record) : record_(&record) {}
    operator record::Record const&() const { return *record_; }
    [[nodiscard]] record::Record const& record() const { return *record_; }

    /// What `derive`, a pure function of a study or of a record, says: `study.of<paths_of>()`.
    template <auto derive>
    [[nodiscard]] auto const& of() const {
        using Made = std::remove_cvref_t<std::invoke_result_t<decltype(derive), Study const&>>;
        // Not held while it is made: `derive` may ask for other things.
        if (!made_.contains(&key<derive>)) {
            auto made = std::make_shared<Made const>(derive(*this));
            made_.emplace(&key<derive>, std::move(made));
        }
        return *static_cast<Made const*>(made_.at(&key<derive>).get());
    }

private:
    template <auto derive>
    static constexpr char key{};
    record::Record const* record_;
    mutable std::map<void const*, std::shared_ptr<void const>> made_;
};

/// A named number that scenarios can set limits on. One file may register several closely
/// related ones (write.downtime, read.downtime: the same arithmetic on another path).
struct MeasureKind {
    std::string_view name;     ///< "write.downtime"
    std::string_view summary;  ///< one line, says what exactly is counted
    Unit unit{Unit::count};
    std::function<MeasureValue(Study const&)> compute;  ///< or of a record; pure
};
using RegisterMeasure = Register<MeasureKind>;

}  // namespace interregnum
