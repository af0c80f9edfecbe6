// SPDX-License-Identifier: MIT
#include "harness/engine/spot_answer.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/base/json_document.h"

namespace interregnum {

namespace {

// `fetch METHOD PATH HEADER` leaves $code and $body. curl is told by its standard input, and
// printf is a builtin of the shell, so that no header is ever an argument that others could see.
// A token of other letters could say more to curl than its header.
constexpr std::string_view script = R"sh(
base=$1
nl='
'
fetch_by_curl() {
    answer=$(printf 'request = "%s"\nurl = "%s%s"\nheader = "%s"\n' "$1" "$base" "$2" "$3" |
        curl -q -s -K - -m 2 --noproxy '*' -w '\n%{http_code}' 2>/dev/null | head -c 8192)
    code=${answer##*"$nl"}
    body=${answer%"$nl"*}
}
fetch_by_bash() {
    host=${base#http://}
    port=80
    case $host in
        *]:*) port=${host##*:}; host=${host%:*} ;;
        *]) ;;
        *:*) port=${host##*:}; host=${host%:*} ;;
    esac
    host=${host#"["}
    host=${host%"]"}
    answer=$(printf '%s\n' "$3" | timeout 2 bash -c '
        exec 3<>"/dev/tcp/$0/$1" || exit 1
        IFS= read -r header
        printf "%s %s HTTP/1.0\r\nHost: %s\r\n%s\r\nContent-Length: 0\r\n\r\n" \
            "$2" "$3" "$0" "$header" >&3
        head -c 8192 <&3' "$host" "$port" "$1" "$2" 2>/dev/null | tr -d '\r')
    code=${answer%%"$nl"*}
    code=${code#* }
    code=${code%% *}
    body=${answer#*"$nl$nl"}
}
if command -v curl >/dev/null 2>&1; then
    fetch() { fetch_by_curl "$@"; }
elif command -v bash >/dev/null 2>&1; then
    fetch() { fetch_by_bash "$@"; }
else
    echo "cannot neither curl nor bash is there to ask with"
    exit 0
fi
fetch PUT /latest/api/token 'X-aws-ec2-metadata-token-ttl-seconds: 60'
if [ "$code" != 200 ]; then
    echo "cannot the token was answered with status ${code:-none}"
    exit 0
fi
case $body in
    ''|*[!A-Za-z0-9_=+/.-]*) echo "cannot the token is not of the letters that tokens have"; exit 0 ;;
esac
token=$body
for what in spot/instance-action events/recommendations/rebalance; do
    fetch GET "/latest/meta-data/$what" "X-aws-ec2-metadata-token: $token"
    case $code in
        200) printf '%s %s\n' "$what" "$(printf %s "$body" | tr '\n\r' '  ' | head -c 1000)" ;;
        404) echo "$what none" ;;
        *) echo "cannot $what was answered with status ${code:-none}" ;;
    esac
done
)sh";

constexpr std::string_view interruption = "spot/instance-action ";
constexpr std::string_view recommendation = "events/recommendations/rebalance ";

/// "2026-11-23T03:12:07Z", perhaps with a fraction.
bool is_time(std::string_view text) {
    constexpr std::string_view shape = "dddd-dd-ddTdd:dd:dd";
    if (text.size() <= shape.size() || text.size() > 40 || !text.ends_with('Z')) return false;
    for (std::size_t at = 0; at + 1 < text.size(); ++at) {
        bool const digit = text[at] >= '0' && text[at] <= '9';
        bool const as_shaped = at < shape.size()
                                   ? (shape[at] == 'd' ? digit : text[at] == shape[at])
                                   : digit || (text[at] == '.' && at == shape.size());
        if (!as_shaped) return false;
    }
    return true;
}

Result<record::SpotNotice> read_notice(std::string_view json, bool interrupts) {
    auto const wrong = fail(
        Error::Kind::protocol,
        fmt::format("expected {} as JSON, got {}",
                    interrupts ? "an action and its time" : "a notice's time", in_quotes(json)));
    Mistakes mistakes;
    FileMistakes of_answer("metadata", mistakes);
    auto const value = parse_json(json, of_answer, {.bytes = 2000, .depth = 8, .values = 50});
    if (!value || !mistakes.empty()) return wrong;
    auto const text = [&](std::string_view key) {
        Value const* const found = value->find(key);
        return found != nullptr && found->kind == Value::Kind::string ? found->text : std::string();
    };
    record::SpotNotice notice{.action = interrupts ? text("action") : "rebalance",
                              .time = text(interrupts ? "time" : "noticeTime")};
    constexpr std::array<std::string_view, 4> actions{"terminate", "stop", "hibernate",
                                                      "rebalance"};
    bool const known = std::ranges::find(actions, notice.action) != actions.end();
    if (!known || interrupts != notice.is_interruption() || !is_time(notice.time)) return wrong;
    return notice;
}

}  // namespace

std::string_view spot_script() { return script; }

Result<std::vector<record::SpotNotice>> parse_spot_answer(std::string_view out) {
    std::vector<record::SpotNotice> notices;
    bool asked = false;
    while (!out.empty()) {
        std::size_t const end = out.find('\n');
        std::string_view line = out.substr(0, end);
        out.remove_prefix(end == std::string_view::npos ? out.size() : end + 1);
        constexpr std::string_view cannot = "cannot ";
        if (line.starts_with(cannot))
            return fail(Error::Kind::unreachable, in_quotes(line.substr(cannot.size())));
        bool const interrupts = line.starts_with(interruption);
        if (!interrupts && !line.starts_with(recommendation))
            return fail(Error::Kind::protocol,
                        fmt::format("expected what the metadata says, got {}", in_quotes(line)));
        asked = asked || interrupts;
        line.remove_prefix(interrupts ? interruption.size() : recommendation.size());
        if (line == "none") continue;
        auto notice = read_notice(line, interrupts);
        if (!notice) return std::unexpected(notice.error());
        notices.push_back(std::move(*notice));
    }
    if (!asked) return fail(Error::Kind::protocol, "expected what the metadata says, got nothing");
    return notices;
}

}  // namespace interregnum
