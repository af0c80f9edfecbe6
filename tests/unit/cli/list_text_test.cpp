// SPDX-License-Identifier: MIT
#include "harness/cli/list_text.h"

#include <gtest/gtest.h>

#include "harness/check.h"
#include "harness/fault.h"
#include "harness/format.h"
#include "harness/measure.h"
#include "harness/probe.h"

namespace interregnum {
namespace {

template <class Kind>
void expect_all_listed(std::string_view what) {
    std::string const text = "\n" + list_text(what);
    ASSERT_FALSE(Registry<Kind>::all().empty());
    for (Kind const* kind : Registry<Kind>::all()) {
        EXPECT_NE(text.find("\n" + std::string(kind->name) + " "), std::string::npos) << kind->name;
        EXPECT_NE(text.find(kind->summary), std::string::npos) << kind->name;
    }
}

TEST(ListText, ShowsEverythingThatIsRegistered) {
    expect_all_listed<FaultKind>("faults");
    expect_all_listed<ProbeKind>("probes");
    expect_all_listed<MeasureKind>("measures");
    expect_all_listed<CheckKind>("checks");
    expect_all_listed<FormatKind>("formats");
}

TEST(ListText, ShowsOptionsAsTheirTableHasThem) {
    std::string const text = list_text("faults");
    EXPECT_NE(text.find("    target   role, required    role or node\n"), std::string::npos)
        << text;
    EXPECT_NE(text.find("    signal   text = KILL       name of the signal; one that does not end "
                        "the process proves nothing (KILL, TERM, "),
              std::string::npos)
        << text;
}

TEST(ListText, ShowsScenariosByTheirTitle) {
    std::string const text = list_text("scenarios");
    std::size_t const name = text.find("\nkill-leader ");
    ASSERT_NE(name, std::string::npos) << text;
    EXPECT_NE(text.substr(name, text.find('\n', name + 1) - name)
                  .find("  The leader's server loses power  [leader, power]"),
              std::string::npos)
        << text;
    auto const tagged = scenarios_text("power");
    ASSERT_TRUE(tagged);
    EXPECT_TRUE(tagged->contains("kill-leader"));
    EXPECT_FALSE(tagged->contains("switchover")) << *tagged;
    EXPECT_TRUE(scenarios_text("powre").error().message.contains("(did you mean \"power\"?)"));
}

TEST(ListText, SaysWhatADrillMustBeAllowed) {
    std::string const text = list_text("grants");
    for (char const* needed :
         {"CREATE ROLE drill LOGIN", "GRANT CONNECT, CREATE ON DATABASE drill TO drill;",
          "GRANT pg_monitor TO drill;", "canary writes", "~interregnum:*", "-@dangerous",
          "+psubscribe", "patroni.namespace", "verify_heapam TO drill;"})
        EXPECT_NE(text.find(needed), std::string::npos) << needed;
}

TEST(ListText, EachNameHasAText) {
    for (std::string const& name : list_names()) EXPECT_NE(list_text(name), "") << name;
    EXPECT_EQ(list_text("nothing"), "");
}

}  // namespace
}  // namespace interregnum
