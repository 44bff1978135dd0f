#!/usr/bin/env bash
# Tries to refute the promises: people sign in while workers are killed, stopped and ended, the broker dies, connections
# break, the store is locked or full and Twilio has its bad days, all by a seed. Then it compares what was answered,
# recorded, sent and approved. Exit code 0 only if every promise was checked and none is broken.
#   chaos.sh [--seed N] [--minutes M | --jobs N] [--judge simulator|COMMAND] [--workers N] [--fronts A,B] ...
#   chaos.sh --nodes 3 ...           a cluster, whose nodes are killed and restarted one at a time
#   chaos.sh --alone N               every kind of fault N times, one after another: how long people wait after each
#   chaos.sh --isolation             fair weather but for sends; how quickly the other lanes answer beside them
#   chaos.sh --soak --minutes M      fair weather instead; memory, descriptors, the store's log and p99 must stay flat
#   chaos.sh --help                  all of it
# It has a private broker, and, where it may make a mount namespace, a small file system of its own for the full disk.
# VERIFY_COURIER_PRODUCT names the program to try; otherwise it is the debug build, whose workers also die at failpoints.
set -euo pipefail
cd "$(dirname "$0")/.."

environment=$PWD/.build/chaos
deploy/python-environment.sh "$environment" Tests/Chaos/requirements.txt
product=${VERIFY_COURIER_PRODUCT:-}
if [ -z "$product" ]; then
    product="$(swift build --show-bin-path)/verify-courier"
    [ -x "$product" ] || swift build --product verify-courier
fi
[ -x "$product" ] || { echo "there is no program at $product" >&2; exit 66; }

work=$(mktemp -d)
finish() {
    if [ -n "${pid:-}" ]; then
        kill "$pid" 2>/dev/null || true
        wait "$pid" || true
    fi
    for node in "$work"/broker*; do deploy/broker.sh stop "$node" >/dev/null 2>&1 || true; done
    if [ -n "${VERIFY_COURIER_CHAOS_KEEP:-}" ]; then echo "kept: $work"; else rm -rf "$work"; fi
}
trap finish EXIT
trap 'exit 130' INT TERM
mkdir "$work/store"

export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=Tests/OutsideClients PYTHONUNBUFFERED=1
"$environment/bin/python" -m unittest discover --quiet --start-directory Tests/Chaos
bench=("$environment/bin/python" Tests/Chaos/chaos.py --product "$product" --folder "$work" "$@")
for rights in --keep-caps --map-root-user; do
    namespace=(unshare --mount "$rights")
    if "${namespace[@]}" mount -t tmpfs none "$work/store" 2>/dev/null; then
        # shellcheck disable=SC2016 # these are that shell's
        own_disk='mount -t tmpfs -o size=2g none "$0" && exec "$@" --disk'
        bench=("${namespace[@]}" bash -c "$own_disk" "$work/store" "${bench[@]}")
        break
    fi
done
[ "${bench[0]}" = unshare ] || echo "no mount namespace may be made here: the full disk is left out"
"${bench[@]}" &
pid=$!
status=0
wait "$pid" || status=$?
pid=
exit "$status"
