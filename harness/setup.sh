# SPDX-License-Identifier: MIT
# Sourced by harness/demo and tests/run: what a fresh Debian 12 needs, installed once; how long
# each part took; and one way to fail. Not meant to be run by itself.

# The compiler and the libraries.
build_packages=(g++ cmake ninja-build pkg-config libssh2-1-dev libpq-dev libpqxx-dev libhiredis-dev
    nlohmann-json3-dev libcli11-dev libfmt-dev libspdlog-dev libcurl4-openssl-dev libsimdjson-dev libsqlite3-dev
    libboost-dev libboost-filesystem-dev libjs-dygraphs)
# What the lab runs on the host. The servers themselves are only ever in the lab's image.
lab_packages=(mmdebstrap systemd-container iproute2 nftables openssh-client util-linux mount e2fsprogs)
# The emulated machine of tests/emulated; its kernel is downloaded and never installed.
emulator_packages=(qemu-system-x86)
test_packages=(mold libgtest-dev libbenchmark-dev clang-format-19 clang-tidy-19 python3-minimal python3-jsonschema
    iptables sudo)
fuzz_packages=(clang-19 libclang-rt-19-dev)

say() { printf '%s %s\n' "$(date +%T)" "$*"; }
die() { printf '%s: %s\n' "${program:-interregnum}" "$*" >&2; exit 3; }

# Prints how long the part named $1 took, since $2 (seconds, from $SECONDS).
took() { say "$1: $((SECONDS - $2)) s"; }

need_root() {
    [ "$(id -u)" = 0 ] || die "needs root (network namespaces, mounts): run it with sudo"
}

# What sudo made in somebody's clone is theirs as the clone is; else their own builds could not
# write there.
give_back() {
    local path
    [ "$(id -u)" = 0 ] || return 0
    for path in "$@"; do
        [ ! -e "$path" ] || chown -R --no-dereference --reference="$source_folder" "$path"
    done
}

# Prints the name of a new log file below build/, where an interrupted call may leave it.
new_log() {
    mkdir -p "$source_folder/build" 2>/dev/null && : 2>/dev/null >"$source_folder/build/$1.log" ||
        die "cannot write to $source_folder/build (made by root? then: sudo chown -R $(id -un) $source_folder/build)"
    printf '%s\n' "$source_folder/build/$1.log"
}

missing_packages() {
    local package
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
            printf '%s\n' "$package"
    done
}

# Installs what is missing of the packages given. Does nothing, quickly, when nothing is.
install_packages() {
    local missing log began=$SECONDS
    command -v apt-get >/dev/null || die "needs Debian 12 (no apt-get here)"
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    [ "$(id -u)" = 0 ] || die "these packages are missing: ${missing[*]} (as root: apt-get install ${missing[*]})"
    say "installing ${#missing[@]} packages: ${missing[*]}"
    log=$(new_log packages) || exit
    export DEBIAN_FRONTEND=noninteractive
    if ! { apt-get update && apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 </dev/null; then
        tail -n 20 "$log" >&2
        die "apt-get could not install: ${missing[*]} (all it said: $log)"
    fi
    took "packages" "$began"
}

# Configures (once) and builds a preset's target. The compiler's words are shown only on failure.
build() {
    local preset=$1 began=$SECONDS log
    shift
    log=$(new_log "$preset") || exit
    if [ ! -f "$source_folder/build/$preset/build.ninja" ]; then
        say "configuring $preset"
        (cd "$source_folder" && cmake --preset "$preset") >"$log" 2>&1 </dev/null ||
            { tail -n 40 "$log" >&2; die "cmake --preset $preset failed"; }
    fi
    say "building $preset"
    if ! cmake --build "$source_folder/build/$preset" "$@" </dev/null 2>&1 | tee "$log" | show_progress; then
        grep -A 15 -E 'FAILED|error' "$log" | head -n 60 >&2
        give_back "$source_folder/build"
        die "building $preset failed (all it said: $log)"
    fi
    give_back "$source_folder/build"
    took "build $preset" "$began"
}

# Ninja's "[37/120] ..." lines, every tenth or so of the way.
show_progress() {
    awk -F'[][/]' '/^\[[0-9]+\/[0-9]+\]/ { part = int(10 * $2 / $3); if (part > last) { last = part; printf "  %d of %d\n", $2, $3; fflush() } }'
}
