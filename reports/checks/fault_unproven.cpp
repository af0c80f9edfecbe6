// SPDX-License-Identifier: MIT
#include <map>

#include <fmt/format.h>

#include "harness/check.h"

namespace interregnum {
namespace {

using record::FaultStage;

struct Course {
    record::FaultEvent last;
    bool injecting{};
    bool verified{};
    bool refused{};  // inject_failed or unverified
    std::string detail;
};

std::vector<Finding> check(record::Record const& record) {
    std::map<std::string, Course> courses;
    for (record::FaultEvent const& event : record.faults) {
        Course& course = courses[event.fault_id];
        course.last = event;
        if (event.stage == FaultStage::injecting) course.injecting = true;
        if (event.stage == FaultStage::verified) course.verified = true;
        if (event.stage == FaultStage::inject_failed || event.stage == FaultStage::unverified) {
            course.refused = true;
            course.detail = event.detail;
        }
    }
    std::vector<Finding> findings;
    for (auto const& [id, course] : courses) {
        if (!course.refused && (course.verified || !course.injecting)) continue;
        std::string targets = fmt::format("{}", fmt::join(course.last.targets, ", "));
        findings.push_back(
            {.about = Class::harness,
             .verdict = Verdict::inconclusive,
             .check = "fault_unproven",
             .sentence = fmt::format("{} on {} showed no effect{}{}", course.last.kind,
                                     targets.empty() ? "nothing" : targets,
                                     course.detail.empty() ? "" : ": ", course.detail),
             .proof = {}});
    }
    return findings;
}

RegisterCheck const registered{{.name = "fault_unproven",
                                .summary = "each fault that was injected was seen to take effect",
                                .check = check}};

}  // namespace
}  // namespace interregnum
