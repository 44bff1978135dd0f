#!/usr/bin/env bash
# Counts what a job costs the worker (SQL statements, commits, syncs, allocations) and compares it with Tests/Counts/bounds.txt.
# No clock: it may run beside anything. Exit code 0 only if no figure is above what is held. It has a private broker.
#   counts.sh [--statements] [--json FILE] [--crowd N] [--alone N]
#   counts.sh --prove        with one statement more in every transaction, which must be found: exit code 0 if it was
# VERIFY_COURIER_PRODUCT names the program to count, a release build, which has a column of its own in the table; otherwise it is
# the debug build.
set -euo pipefail
cd "$(dirname "$0")/.."

product=${VERIFY_COURIER_PRODUCT:-} column=release
if [ -z "$product" ]; then
    column=debug product="$(swift build --show-bin-path)/verify-courier"
    [ -x "$product" ] || swift build --product verify-courier
fi
[ -x "$product" ] || { echo "there is no program at $product" >&2; exit 66; }
# The program would take it for a key of its own.
unset VERIFY_COURIER_PRODUCT
prove=
[ "${1:-}" != --prove ] || { prove=yes && shift; }

environment=$PWD/.build/counts
deploy/python-environment.sh "$environment" Tests/Counts/requirements.txt
work=$(mktemp -d)
pids=()
finish() {
    [ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
    [ ${#pids[@]} -eq 0 ] || wait "${pids[@]}" 2>/dev/null || true
    deploy/broker.sh stop "$work/broker" >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

# NAME COMMAND...: in the background, until its line "ready".
start() {
    local name=$1
    shift
    "$@" >"$work/$name.out" 2>"$work/$name.log" &
    pids+=("$!")
    for _ in $(seq 600); do
        ! grep -q '^ready' "$work/$name.out" || return 0
        kill -0 "${pids[-1]}" 2>/dev/null || break
        sleep 0.1
    done
    echo "$name did not start:" >&2
    cat "$work/$name.log" >&2
    return 70
}

compiler=$(command -v cc || command -v clang)
for library in counter extra_statement; do
    "$compiler" -std=gnu11 -O2 -Wall -Wextra -Werror -shared -fPIC -o "$work/$library.so" "Tests/Counts/$library.c" -ldl
done

export PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PYTHONPATH=Tests/OutsideClients
COUNTER_LIBRARY="$work/counter.so" "$environment/bin/python" -m unittest discover --quiet --start-directory Tests/Counts

deploy/broker.sh start "$work/broker" >/dev/null
# shellcheck source=/dev/null
. "$work/broker/env"
export HOME="$work" VERIFY_COURIER_BROKER_URL="$BROKER_URL" VERIFY_COURIER_STORE_URL="sqlite:$work/store.db"
export VERIFY_COURIER_SITE_2FA_VERIFY_ACCOUNTSID=AC00000000000000000000000000000001
export VERIFY_COURIER_SITE_2FA_VERIFY_SERVICESID=VA00000000000000000000000000000001
export VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN=counts-token VERIFY_COURIER_OPS_LISTEN=off
# The limits of a site, but for those that one run exceeds.
export VERIFY_COURIER_LIMITS_COOLDOWN_SECONDS=0 VERIFY_COURIER_LIMITS_UNPROVEN_SENDS_PER_COUNTRY_HOUR=0
export VERIFY_COURIER_LIMITS_UNPROVEN_SENDS_PER_SITE_HOUR=0
start simulator "$product" simulate --listen 127.0.0.1:0
VERIFY_COURIER_TWILIO_BASE_URL=$(sed -n 's/^ready //p' "$work/simulator.out")
export VERIFY_COURIER_TWILIO_BASE_URL=${VERIFY_COURIER_TWILIO_BASE_URL%/}
"$product" topology apply >/dev/null
"$product" store init >/dev/null
: >"$work/totals"
start worker env LD_PRELOAD="${prove:+$work/extra_statement.so:}$work/counter.so" COUNTER_FILE="$work/totals" "$product" work

# In the background: a signal for this script must not wait for it.
status=0
"$environment/bin/python" Tests/Counts/counts.py --counter "$work/totals" --program "$product" --column "$column" "$@" \
    >"$work/report" 2>&1 &
pids+=("$!")
wait "$!" || status=$?
cat "$work/report"
[ -n "$prove" ] || exit "$status"
if grep -q '^ *[0-9.]*  SELECT .one statement more.' "$work/report" && grep -q '^statements, phone: ' "$work/report"; then
    echo "the statement that was added is found"
else
    echo "the statement that was added is not found"
    exit 1
fi
