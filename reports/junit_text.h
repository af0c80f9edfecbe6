// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/check.h"

/// JUnit's XML, as Jenkins, GitLab and GitHub's actions read it.
namespace interregnum {

/// One thing that was tested.
struct JunitCase {
    std::string group;  ///< its class is "SUITE.GROUP"
    std::string name;
    Verdict verdict{Verdict::pass};
    std::string message;
    std::string text;  ///< "": the message
};

struct JunitSuite {
    std::string name;
    std::string began;  ///< "2026-11-22T03:10:44.123Z"
    double seconds{};
    std::vector<std::pair<std::string, std::string>> properties;
    std::vector<JunitCase> cases;
    std::string out;  ///< what stands in <system-out>
};

/// The whole file: `fail` is a failure, `inconclusive` skipped, `error` and `aborted` an error.
/// Characters that XML cannot hold become "?".
[[nodiscard]] std::string junit_text(JunitSuite const& suite);

}  // namespace interregnum
