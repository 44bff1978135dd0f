#!/usr/bin/env bash
# What takes too long for every change: deploy/test.sh, then the sanitizers, fuzzing, the bench at length, its mutations, a soak.
#   test-all.sh [LEG...]     all of them by default: tests address thread fuzz chaos mutations soak
# CHAOS_MINUTES (30), SOAK_MINUTES (60) and FUZZ_MINUTES (5, for each target) say how long those last; VERIFY_COURIER_CHAOS_JUDGE may hold the command of a
# second stand-in for Twilio (Tests/Chaos/judges.py), which the bench is then run against as well.
set -euo pipefail
cd "$(dirname "$0")/.."

# Whatever reads bytes from outside, its property tests with random and mutilated input among it.
leg_address() {
    sanitized address 'JSONParser|JobTable|PropertyReader|Mutation|Decoding|ContentAssembler|ConfigFile|SecretFile'
}

# Whatever threads share.
leg_thread() {
    sanitized thread 'Storm|ConfirmTracker|ConnectionThread|LeaseProperty|LeaseTests|GroupCommit|CallBudget|Locked'
}

leg_fuzz() { deploy/fuzz.sh --minutes "${FUZZ_MINUTES:-5}"; }
leg_tests() { deploy/test.sh; }
leg_mutations() { deploy/mutations.sh; }
leg_soak() { VERIFY_COURIER_PRODUCT=$(release) deploy/chaos.sh --soak --minutes "${SOAK_MINUTES:-60}"; }
leg_chaos() {
    local product judge judges=(simulator)
    product=$(release)
    [ -z "${VERIFY_COURIER_CHAOS_JUDGE:-}" ] || judges+=("$VERIFY_COURIER_CHAOS_JUDGE")
    for judge in "${judges[@]}"; do
        VERIFY_COURIER_PRODUCT=$product deploy/chaos.sh --minutes "${CHAOS_MINUTES:-30}" --at-once 500 --pace 1.5 \
            --judge "$judge"
    done
}

# SANITIZER FILTER: the tests under it, in a build folder of their own.
sanitized() {
    local build=.build/$1
    swift build --build-tests --sanitize="$1" --scratch-path "$build"
    "$build/debug/verify-courierPackageTests.xctest" --testing-library swift-testing --filter "$2"
}

# Builds the release and prints where it is.
release() {
    swift build -c release --product verify-courier >&2
    echo "$(swift build -c release --show-bin-path)/verify-courier"
}

[ $# -gt 0 ] || set -- tests address thread fuzz chaos mutations soak
for leg in "$@"; do
    declare -F "leg_$leg" >/dev/null || { echo "there is no leg '$leg'" >&2; exit 64; }
done
deploy/install.sh
for leg in "$@"; do
    echo "== $leg"
    "leg_$leg"
done
