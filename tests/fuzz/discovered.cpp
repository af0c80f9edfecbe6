// SPDX-License-Identifier: MIT
// Whatever hosts answer to `init`, what it writes is an inventory that can be read.
#include <algorithm>
#include <cstdio>

#include "harness/cluster/discover.h"
#include "harness/cluster/inventory.h"
#include "tests/fuzz/fuzz.h"

namespace {

/// Takes the input apart: one field a line.
class Fields {
public:
    explicit Fields(std::string_view text) : text_(text) {}
    std::string next() {
        std::size_t const end = text_.find('\n');
        std::string field(text_.substr(0, end));
        text_.remove_prefix(end == std::string_view::npos ? text_.size() : end + 1);
        return field;
    }
    [[nodiscard]] bool more() const { return !text_.empty(); }

private:
    std::string_view text_;
};

interregnum::HostAnswers answers_from(Fields& fields) {
    std::string const kind = fields.next();
    interregnum::HostAnswers answers{.host = fields.next()};
    // A host is what somebody typed, and checked.
    if (!interregnum::is_host(answers.host)) answers.host = "10.0.0.9";
    answers.is_member = kind.starts_with('d');
    answers.is_leader = kind.ends_with('l');
    answers.member = fields.next();
    answers.scope = fields.next();
    answers.members.emplace_back(fields.next(), fields.next());
    answers.masters.push_back(
        {.name = fields.next(), .address = fields.next(), .replicas = {fields.next()}});
    answers.redis_login = kind.size() % 2 == 0;
    if (kind.starts_with('a')) answers.stats_port = 7000;
    answers.backends = {fields.next(), fields.next()};
    if (kind.size() > 2) answers.open_ports = {5000, 5433, 6379};
    return answers;
}

}  // namespace

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace interregnum;
    Fields fields(fuzz::text_of(data, size));
    std::vector<HostAnswers> all;
    while (fields.more() && all.size() < 20) all.push_back(answers_from(fields));
    FoundCluster const found = put_together(all);
    bool const has_database =
        std::ranges::any_of(found.nodes, [](FoundNode const& node) { return node.group == "db"; });
    if (!has_database) return 0;
    Mistakes mistakes;
    std::string const text = inventory_text(found, {});
    (void)parse_inventory("/fuzz/inventory.json", text, mistakes);
    if (!mistakes.empty()) std::fprintf(stderr, "%s%s", text.c_str(), mistakes.text().c_str());
    fuzz::expect(mistakes.empty());
    return 0;
}
