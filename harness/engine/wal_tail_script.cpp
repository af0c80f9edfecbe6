// SPDX-License-Identifier: MIT
#include "harness/engine/wal_tail_script.h"

#include <algorithm>
#include <charconv>
#include <map>

#include <fmt/format.h>

namespace interregnum {
namespace {

using record::WalTail;

constexpr std::string_view first_lines = R"sh(
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C; export LC_ALL
line() { printf '%s=%s\n' "$1" "$2"; }
)sh";

constexpr std::string_view places = R"sh(
for child in $(pgrep -x 'postgres|postmaster' 2>/dev/null); do
    read -r pm 2>/dev/null <"/proc/$child/cwd/postmaster.pid" || continue
    [ -e "/proc/$pm/exe" ] || continue
    line data "$(readlink "/proc/$pm/cwd")"
    programs=$(readlink "/proc/$pm/exe"); line programs "${programs%/*}"
    break
done
)sh";

constexpr std::string_view history = R"sh(
newest=$(find "$1/pg_wal/" -name '*.history' | sort | tail -n 1)
[ -z "$newest" ] || head -c 100000 "$newest"
)sh";

// The records themselves stay on the node: only their kinds are counted, and the times of commits.
constexpr std::string_view tail = R"sh(
data=$1 programs=$2 timeline=$3 fork=$4
[ -e "$data/global/pg_control" ] || { line gone yes; exit 0; }
owner=$(stat -c %U "$data")
prefix=$(printf %08X "$timeline")
stamp() {
    find "$data/pg_wal/" -name "$prefix*" -printf '%f %i %s %T@\n' 2>/dev/null | sort | cksum
}
told() { printf '%s\n' "$control" | sed -n "s/^$1: *//p"; }
before=$(stamp)
control=$(runuser -u "$owner" -- "$programs/pg_controldata" -D "$data" 2>&1)
line state "$(told 'Database cluster state')"
line timeline "$(told "Latest checkpoint's TimeLineID")"
line checkpoint "$(told 'Latest checkpoint location')"
line segment_bytes "$(told 'Bytes per WAL segment')"
if read -r pm 2>/dev/null <"$data/postmaster.pid" && [ "/proc/$pm/cwd" -ef "$data" ]
then line running yes; fi
runuser -u "$owner" -- nice timeout 20 "$programs/pg_waldump" -p "$data/pg_wal" \
    -t "$timeline" -s "$fork" 2>&1 | awk '
/^rmgr: / {
    records++; kinds[$2]++
    match($0, /len \(rec\/tot\): *[0-9]+\/ *[0-9]+/); long = substr($0, RSTART, RLENGTH)
    sub(/.*\/ */, "", long)
    match($0, /lsn: [0-9A-F]+\/[0-9A-F]+/); last = substr($0, RSTART + 5, RLENGTH - 5)
    what = substr($0, index($0, ", desc: ") + 8)
    if ($2 == "Transaction" && what ~ /^COMMIT/) {
        sub(/^COMMIT(_PREPARED [0-9]+:)? /, "", what); sub(/;.*/, "", what)
        if (!commits++) print "first_commit=" substr(what, 1, 60)
        last_commit = substr(what, 1, 60)
    }
    switched = $2 == "XLOG" && what ~ /^SWITCH/
    upkeep = $2 == "XLOG" && \
        what ~ /^(CHECKPOINT|SWITCH|END_OF_RECOVERY|OVERWRITE_CONTRECORD|PARAMETER|FPW)/
    if (!upkeep && !($2 == "Standby" && what ~ /^RUNNING_XACTS/)) { own = last; own_long = long }
    next
}
{ said = $0 }
END {
    print "records=" records + 0; print "commits=" commits + 0
    for (kind in kinds) print "kind." kind "=" kinds[kind]
    print "last_commit=" last_commit; print "last=" last; print "last_length=" long + 0
    print "own=" own; print "own_length=" own_long + 0
    print "switched=" switched + 0; print "said=" substr(said, 1, 300)
}'
! pgrep -x pg_rewind >/dev/null || line rewinding yes
[ "$before" != "$(stamp)" ] || line steady yes
)sh";

constexpr std::string_view piece = R"sh(
{ tail -c "+$(($3 + 1))" "$1/pg_wal/$2" | head -c "$4"; head -c "$5" /dev/zero; } | nice gzip -1
)sh";

constexpr std::string_view rewind_log = R"sh(
journalctl --no-pager -o short-iso-precise -u patroni --since "-$1s" 2>/dev/null |
    grep -E 'Local timeline=|servers diverged at WAL location' | cut -c 1-300 | tail -n 60
)sh";

std::string with(std::string_view script) { return std::string(first_lines) + std::string(script); }

using Lines = std::map<std::string, std::string, std::less<>>;

Lines lines_of(std::string_view text) {
    constexpr std::size_t most = 300;
    Lines lines;
    while (!text.empty() && lines.size() < most) {
        std::size_t const end = text.find('\n');
        std::string_view const line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        std::size_t const equals = line.find('=');
        if (equals != std::string_view::npos && equals > 0)
            lines.emplace(line.substr(0, equals), line.substr(equals + 1));
    }
    return lines;
}

std::string text_of(Lines const& lines, std::string_view key) {
    auto const found = lines.find(key);
    return found == lines.end() ? "" : found->second;
}

std::optional<std::int64_t> whole(std::string_view text) {
    std::int64_t number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
    return number;
}

std::optional<std::int64_t> number_of(Lines const& lines, std::string_view key) {
    return whole(text_of(lines, key));
}

/// PostgreSQL's own limits of --wal-segsize.
bool is_segment_size(std::int64_t bytes) {
    constexpr std::int64_t least = 1LL << 20U;
    constexpr std::int64_t most = 1LL << 30U;
    return bytes >= least && bytes <= most && (bytes & (bytes - 1)) == 0;
}

/// The end of the record that the script names `key`; -1 where it names none that can be.
std::int64_t end_of(Lines const& lines, std::string_view key, std::int64_t fork,
                    std::int64_t segment_bytes) {
    constexpr std::int64_t longest = 1LL << 30U;
    auto const begin = record::parse_wal_position(text_of(lines, key));
    auto const length = number_of(lines, fmt::format("{}_length", key));
    if (!begin || !length || *begin < fork || *length == 0 || *length > longest) return -1;
    return end_of_record(*begin, *length, segment_bytes);
}

/// Where the WAL of a timeline ends; -1 where it is not known.
struct Ends {
    std::int64_t all{-1};
    /// Without the upkeep at its very end (checkpoints, running transactions, a switch of
    /// segments), which a shutdown writes, and the node's own recovery before a rewind.
    std::int64_t own{-1};
    std::string why;  ///< they are not known
};

Ends ends_of(Lines const& lines, std::int64_t fork, std::int64_t segment_bytes) {
    std::string const said = text_of(lines, "said");
    if (said.empty()) return {.why = "pg_waldump did not come to the end of its WAL within 20 s"};
    if (number_of(lines, "records").value_or(0) == 0) {
        // Of a fork at a segment's very start there may be no such file.
        if (said.contains("could not find a valid record after") || fork % segment_bytes == 0)
            return {.all = fork, .own = fork, .why = {}};
        return {.why = "pg_waldump said: " + said};
    }
    Ends ends{
        .all = end_of(lines, "last", fork, segment_bytes),
        .own = text_of(lines, "own").empty() ? fork : end_of(lines, "own", fork, segment_bytes),
        .why = {}};
    if (ends.all < 0 || ends.own < 0) return {.why = "what pg_waldump printed was not understood"};
    if (text_of(lines, "switched") == "1")
        ends.all = (ends.all + segment_bytes - 1) / segment_bytes * segment_bytes;
    return ends;
}

}  // namespace

std::string wal_places_script() { return with(places); }
std::string history_script() { return with(history); }
std::string tail_script() { return with(tail); }
std::string piece_script() { return with(piece); }
std::string rewind_log_script() { return with(rewind_log); }

std::optional<WalPlaces> parse_wal_places(std::string_view out) {
    Lines const lines = lines_of(out);
    WalPlaces found{.data = text_of(lines, "data"), .programs = text_of(lines, "programs")};
    if (!found.data.starts_with('/') || !found.programs.starts_with('/')) return std::nullopt;
    return found;
}

std::optional<std::int64_t> fork_of(std::string_view history, std::int64_t timeline) {
    std::string const wanted = std::to_string(timeline);
    while (!history.empty()) {
        std::size_t const end = history.find('\n');
        std::string_view line = history.substr(0, end);
        history.remove_prefix(end == std::string_view::npos ? history.size() : end + 1);
        std::size_t const tab = line.find('\t');
        if (tab == std::string_view::npos || line.substr(0, tab) != wanted) continue;
        line.remove_prefix(tab + 1);
        return record::parse_wal_position(line.substr(0, line.find('\t')));
    }
    return std::nullopt;
}

std::int64_t end_of_record(std::int64_t position, std::int64_t length, std::int64_t segment_bytes) {
    constexpr std::int64_t page = 8192;
    constexpr std::int64_t header = 24;
    constexpr std::int64_t first_header = 40;
    constexpr std::int64_t alignment = 8;
    while (length > 0) {
        std::int64_t const taken = std::min(length, page - position % page);
        position += taken;
        length -= taken;
        if (length > 0) position += position % segment_bytes == 0 ? first_header : header;
    }
    return (position + alignment - 1) / alignment * alignment;
}

Result<TailLook> parse_tail(std::string_view out, WalTail tail) {
    Lines const lines = lines_of(out);
    TailLook look{.tail = std::move(tail)};
    auto const gone = [&](std::string why) {
        look.state = TailLook::State::gone;
        look.why = std::move(why);
        return look;
    };
    if (lines.contains("gone")) return gone("its data folder is gone");
    auto const timeline = number_of(lines, "timeline");
    auto const checkpoint = record::parse_wal_position(text_of(lines, "checkpoint"));
    auto const segment_bytes = number_of(lines, "segment_bytes");
    std::string const state = text_of(lines, "state");
    if (!timeline || !checkpoint || !segment_bytes || !is_segment_size(*segment_bytes) ||
        state.empty())
        return fail(Error::Kind::protocol,
                    "pg_controldata did not tell state, timeline, checkpoint and size of segments");
    if (lines.contains("rewinding")) return gone("pg_rewind was at work already");
    if (*timeline != look.tail.timeline)
        return gone(fmt::format("it follows timeline {} already", *timeline));
    look.segment_bytes = *segment_bytes;
    if (!lines.contains("steady")) return look;
    Ends const ends = ends_of(lines, look.tail.fork, *segment_bytes);
    look.tail.end = ends.own;
    look.why = ends.why;
    if (look.tail.end >= 0) {
        // A checkpoint that pg_control has and the WAL has not: files of another were put there.
        if (*checkpoint >= look.tail.fork && *checkpoint >= ends.all)
            return gone("its last WAL had been replaced already");
        look.tail.end_from = "its WAL";
        look.tail.records = number_of(lines, "records").value_or(-1);
        look.tail.commits = number_of(lines, "commits").value_or(-1);
        look.tail.first_commit = text_of(lines, "first_commit");
        look.tail.last_commit = text_of(lines, "last_commit");
        constexpr std::string_view prefix = "kind.";
        for (auto const& [key, value] : lines)
            if (auto const count = whole(value); key.starts_with(prefix) && count)
                look.tail.kinds[key.substr(prefix.size())] = *count;
    }
    bool const writes = lines.contains("running") &&
                        (state.starts_with("in production") || state.starts_with("shutting down"));
    look.state = writes ? TailLook::State::so_far : TailLook::State::final;
    return look;
}

std::vector<WalPiece> pieces_of(WalTail const& tail, std::int64_t segment_bytes) {
    constexpr std::int64_t most = 4LL << 20U;
    constexpr std::int64_t all_segments = 1LL << 32U;  // of one "log", by the files' names
    std::vector<WalPiece> pieces;
    constexpr std::int64_t longest = 4LL << 30U;
    if (tail.fork < 0 || !is_segment_size(segment_bytes) || tail.end - tail.fork > longest)
        return pieces;
    std::int64_t const in_log = all_segments / segment_bytes;
    for (std::int64_t segment = tail.fork / segment_bytes; segment * segment_bytes < tail.end;
         ++segment) {
        std::string const name =
            fmt::format("{:08X}{:08X}{:08X}", tail.timeline, segment / in_log, segment % in_log);
        std::int64_t const used = std::min(segment_bytes, tail.end - segment * segment_bytes);
        for (std::int64_t at = 0; at < segment_bytes; at += most) {
            std::int64_t const bytes = std::min(most, segment_bytes - at);
            std::int64_t const keep = std::clamp<std::int64_t>(used - at, 0, bytes);
            pieces.push_back({.segment = name, .skip = at, .keep = keep, .zeros = bytes - keep});
        }
    }
    return pieces;
}

RewindLog parse_rewind_log(std::string_view out, std::int64_t timeline) {
    RewindLog log;
    std::string const local = fmt::format("Local timeline={} lsn=", timeline);
    std::string const here = fmt::format(" on timeline {}", timeline);
    while (!out.empty()) {
        std::size_t const end = out.find('\n');
        std::string_view const line = out.substr(0, end);
        out.remove_prefix(end == std::string_view::npos ? out.size() : end + 1);
        if (std::size_t const at = line.find(local); at != std::string_view::npos) {
            std::string_view position = line.substr(at + local.size());
            position = position.substr(0, position.find_first_not_of("0123456789ABCDEFabcdef/"));
            if (auto const found = record::parse_wal_position(position)) log.end = *found;
        }
        if (line.contains("servers diverged at WAL location") && line.contains(here))
            log.rewound = line.substr(0, line.find(' '));
    }
    return log;
}

}  // namespace interregnum
