// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/record/event.h"

namespace interregnum {

/// A task that was done more than once.
struct RepeatedTask {
    std::string token;
    std::int64_t times{};
};

/// What became of the tasks that customers put on the queue in Redis.
struct TaskBook {
    bool complete{};     ///< both lists were read to their end; else the rest says nothing
    std::string source;  ///< the master that was read
    std::int64_t put{};  ///< certainly put on the queue
    /// Put on the queue, and in the end neither done nor on it, whatever the customer was told.
    std::vector<record::Attempt> lost;
    std::vector<RepeatedTask> repeated;
};

[[nodiscard]] TaskBook task_book(record::Record const& record);

}  // namespace interregnum
