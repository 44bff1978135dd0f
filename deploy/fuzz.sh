#!/usr/bin/env bash
# Feeds what reads bytes from outside with inputs that coverage guides (libFuzzer with AddressSanitizer). Fails if one of them
# ends the process, takes too long or too much memory, or breaks a promise of Tests/Fuzz, and says how to see that again.
#   fuzz.sh [--minutes M] [TARGET...]     those with a folder in Tests/Fuzz/Corpus by default, 2 minutes each
# Inputs that reach something new stay in .build/fuzz/corpus, where the next run begins. An input that found a mistake belongs
# into Tests/Fuzz/Corpus, small (-minimize_crash=1) and named by what is made of it: every test run reads those.
set -euo pipefail
cd "$(dirname "$0")/.."

minutes=2
if [ "${1:-}" = --minutes ]; then
    minutes=${2:?"how many minutes?"}
    shift 2
fi
seconds=$(awk -v minutes="$minutes" 'BEGIN { printf "%d", minutes * 60 }')
[ "$seconds" -gt 0 ] || { echo "--minutes must be a number above 0" >&2; exit 64; }
all=(Tests/Fuzz/Dictionaries/*)
[ $# -gt 0 ] || set -- "${all[@]##*/}"
for target in "$@"; do
    [ -d "Tests/Fuzz/Corpus/$target" ] || { echo "there is no target '$target'" >&2; exit 64; }
done

# Optimized, since most of the time goes into what is fuzzed; checks of overflow stay. Both sanitizers in one flag: of two, the
# compiler takes the last.
build=.build/fuzz
# shellcheck disable=SC2054 # one argument with a comma
options=(--product Fuzz --scratch-path "$build" --sanitize=address --sanitize=fuzzer
    -Xswiftc -sanitize=fuzzer,address -Xswiftc -O)
VERIFY_COURIER_FUZZ=1 swift build "${options[@]}" 2> >(grep -v 'Cannot export local symbol' >&2)
program=$(VERIFY_COURIER_FUZZ=1 swift build "${options[@]}" --show-bin-path)/Fuzz

# Swift's own report of a crash would hang under libFuzzer, which writes one itself. Leaks are not looked for: Foundation has
# one for every empty file that it reads.
export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0
findings=0
mkdir -p "$build/findings"
for target in "$@"; do
    export VERIFY_COURIER_FUZZ_TARGET=$target
    mkdir -p "$build/corpus/$target"
    status=0
    "$program" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=20000 -print_final_stats=1 \
        -artifact_prefix="$build/findings/$target-" -dict="Tests/Fuzz/Dictionaries/$target" \
        "$build/corpus/$target" "Tests/Fuzz/Corpus/$target" >"$build/$target.log" 2>&1 || status=$?
    executions=$(awk '/number_of_executed_units/ { print $2 }' "$build/$target.log")
    coverage=$(awk '{ for (i = 1; i < NF; i++) if ($i == "cov:") last = $(i + 1) } END { print last + 0 }' "$build/$target.log")
    echo "$target: ${executions:-?} executions, coverage $coverage, $(find "$build/corpus/$target" -type f | wc -l) inputs kept"
    [ "$status" -eq 0 ] && continue
    findings=$((findings + 1))
    grep -E 'BROKEN|Fatal error|^SUMMARY' "$build/$target.log" || tail -n 20 "$build/$target.log"
    artifact=$(awk '/Test unit written to/ { print $NF }' "$build/$target.log")
    echo "FOUND: again by SWIFT_BACKTRACE=enable=no VERIFY_COURIER_FUZZ_TARGET=$target $program ${artifact:-}"
done
[ "$findings" -eq 0 ]
