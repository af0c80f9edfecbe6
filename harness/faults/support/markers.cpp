// SPDX-License-Identifier: MIT
#include "harness/faults/support/markers.h"

#include <fmt/format.h>

#include "harness/faults/support/shell_text.h"

namespace interregnum {

namespace {

constexpr std::string_view nothing_strays = R"sh(
strays() { :; }
)sh";

std::string head(MarkedKind const& kind) {
    return shell_text({fmt::format("stem=/run/interregnum/{}\n", kind.stem), kind.restore,
                       kind.strays.empty() ? nothing_strays : kind.strays});
}

}  // namespace

std::string restore_one(MarkedKind const& kind) {
    return head(kind) + R"sh(
marker=$stem.$1
[ ! -e "$marker" ] || restore "$marker" || exit 1
strays "$1" | while IFS= read -r file; do rm -f -- "$file"; done
[ -z "$(strays "$1")" ] || exit 1
rm -f "$marker.new"; rmdir /run/interregnum 2>/dev/null || :
)sh";
}

std::string restore_all(MarkedKind const& kind) {
    // A marker that was never whole says nothing, and nothing was done after it.
    return head(kind) + R"sh(
status=0
rm -f "$stem".*.new
for marker in "$stem".*; do
    [ -e "$marker" ] || continue
    undid="undid ${marker##*/}"
    restore "$marker" && echo "$undid" || status=1
done
strays '*' | while IFS= read -r file; do rm -f -- "$file" && echo "removed $file"; done
[ -z "$(strays '*')" ] || status=1
exit $status
)sh";
}

std::string marked_residue(MarkedKind const& kind) {
    return shell_text({head(kind), "for marker in \"$stem\".*; do\n    [ ! -e \"$marker\" ] || ",
                       kind.tell, "\ndone\nstrays '*'\n"});
}

}  // namespace interregnum
