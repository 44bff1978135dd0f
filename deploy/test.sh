#!/usr/bin/env bash
# Installs what is missing, builds, checks the format, runs every test on a private broker and a private database server, then
# the clients that others wrote, counts what a job costs, then a short storm of a fixed seed. Stops everything it started.
# It ends: each step has so many minutes, all together VERIFY_COURIER_TEST_MINUTES (85). What goes on beyond that is ended,
# and the tests that had not ended are named.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v swift >/dev/null || { echo "Swift 6.3 or newer is needed: see https://www.swift.org/install" >&2; exit 69; }
started=$SECONDS
end=$((SECONDS + ${VERIFY_COURIER_TEST_MINUTES:-85} * 60))
deploy/install.sh

work=$(mktemp -d)
step=
cleanup() {
    if [ -n "$step" ]; then
        kill "$step" 2>/dev/null || true
        wait "$step" || true
    fi
    deploy/broker.sh stop "$work/broker" >/dev/null 2>&1 || true
    deploy/postgres.sh stop "$work/postgres" >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP

# MINUTES COMMAND...
bounded() {
    local seconds=$((end - SECONDS)) status=0
    [ "$seconds" -lt $(($1 * 60)) ] || seconds=$(($1 * 60))
    [ "$seconds" -gt 0 ] || seconds=1
    shift
    # In the background: a signal for this script must not wait for it.
    deploy/bounded.sh "$seconds" "$@" &
    step=$!
    wait "$step" || status=$?
    step=
    [ "$status" -ne 124 ] || echo "$* did not end within $seconds s and was ended" >&2
    return "$status"
}

echo "== format"
bounded 5 swift format lint --strict -r Package.swift Sources Tests
echo "== build"
bounded 60 swift build --build-tests
echo "built after $((SECONDS - started)) s"
echo "== broker"
bounded 5 deploy/broker.sh start "$work/broker"
export VERIFY_COURIER_TEST_BROKER_DIR="$work/broker" VERIFY_COURIER_TEST_CAPTURE="$work/capture"
mkdir "$work/capture"
# OPTION...: the tests that are meant by it; those that had not ended are named.
run_tests() {
    local status=0
    bounded 45 swift test --skip-build --event-stream-output-path "$work/record" --event-stream-version 0 "$@" || status=$?
    if [ "$status" -ne 0 ]; then
        if [ -s "$work/record" ]; then
            echo "not ended:" >&2
            python3 deploy/tests_under_way.py "$work/record" >&2
        fi
        exit "$status"
    fi
}
# Those over every kind of store come by themselves: a database server beside all the brokers and workers of the others is more than
# two cores take within the times that people wait.
over_stores='StoreContractTests|StorePostgresTests|StoreKindTests|DatabaseTroubleTests|Stories'
echo "== tests"
run_tests --skip "$over_stores"
echo "== tests over both kinds of store"
bounded 5 deploy/postgres.sh start "$work/postgres"
VERIFY_COURIER_TEST_POSTGRES_DIR="$work/postgres" run_tests --filter "$over_stores"
echo "tested after $((SECONDS - started)) s"
echo "== clients of others"
bounded 20 deploy/outside-clients.sh
echo "== counts"
bounded 10 deploy/counts.sh
bounded 2 env PYTHONDONTWRITEBYTECODE=1 .build/counts/bin/python -m unittest discover --quiet --start-directory Benchmarks
echo "== chaos"
bounded 20 deploy/chaos.sh --seed 6 --minutes 1.25
echo "done in $((SECONDS - started)) s"
