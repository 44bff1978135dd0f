#!/usr/bin/env bash
# Measures the release build beside rivals that do the same work, all in one go on a private broker, and writes the tables into
# docs/performance.md. Meant for a quiet machine; only ratios within one round mean anything.
#   RIVALS=DIR bench.sh [--rounds N] [--logins N] [--millions N] [--drained N] [--write] [--json FILE] [--of NAME] [SCENARIO...]
#   RIVALS=DIR bench.sh --short          one small round of everything, to see that it works
#   RIVALS=DIR bench.sh --counts         what a job costs, counted, and the largest frames
#   RIVALS=DIR bench.sh --help           all of it, with the scenarios
# DIR holds the rivals' sources: peers/limit.c, peers/worker.go and peers/aio_worker.py (workers in C, Go and Python), load/main.go
# (drives a worker as front ends would and says how it did) and fake/main.go (stands in for Twilio).
# VERIFY_COURIER_PRODUCT names the program to measure; otherwise the release build is made. What is missing is installed.
# Everything runs in a network of its own, where nothing else has a port, and is ended with it. Where none may be made, port 5672
# must be free.
set -euo pipefail
cd "$(dirname "$0")/.."

rivals=${RIVALS:-}
for source in peers/limit.c peers/worker.go peers/aio_worker.py load/main.go fake/main.go; do
    [ -e "$rivals/$source" ] || { echo "RIVALS must name a folder that holds $source" >&2; exit 66; }
done
rivals=$(cd "$rivals" && pwd)

deploy/install.sh golang-go golang-github-rabbitmq-amqp091-go-dev golang-github-mattn-go-sqlite3-dev gcc

product=${VERIFY_COURIER_PRODUCT:-}
# The program would take it for a key of its own.
unset VERIFY_COURIER_PRODUCT
if [ -z "$product" ]; then
    swift build -c release --product verify-courier
    product=$(swift build -c release --show-bin-path)/verify-courier
    set -- --of "$(git describe --always --dirty 2>/dev/null || echo "the sources at hand")" "$@"
else
    set -- --of "a program that was at hand" "$@"
fi
[ -x "$product" ] || { echo "there is no program at $product" >&2; exit 66; }

build=$PWD/.build/bench
mkdir -p "$build"
deploy/python-environment.sh "$build/python" Benchmarks/requirements.txt
deploy/python-environment.sh "$build/rivals-python" Benchmarks/rivals-requirements.txt
# For deploy/counts.sh, which could install nothing where there is no network.
deploy/python-environment.sh .build/counts Tests/Counts/requirements.txt

# NAME SOURCE COMMAND...: built when the source is newer.
built() {
    [ "$build/$1" -nt "$2" ] || (cd "$(dirname "$2")" && "${@:3}") || exit
}
export GO111MODULE=off GOPATH=/usr/share/gocode
built fake "$rivals/fake/main.go" go build -o "$build/fake" main.go
built load "$rivals/load/main.go" go build -o "$build/load" main.go
built goworker "$rivals/peers/worker.go" go build -o "$build/goworker" worker.go
built limit "$rivals/peers/limit.c" gcc -O2 -o "$build/limit" limit.c -lrabbitmq -lcurl -lsqlite3
built tls_front "$PWD/Benchmarks/tls_front.go" go build -o "$build/tls_front" tls_front.go

work=$(mktemp -d "${TMPDIR:-/var/tmp}/verify-bench.XXXXXX")
finish() {
    if [ -n "${pid:-}" ]; then
        # The one that made the namespaces takes no request, but what it started does, and everything in there ends with it.
        kill "$pid" 2>/dev/null || true
        pkill -P "$pid" || true
        for _ in $(seq 600); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
        kill -9 "$pid" 2>/dev/null || true
        wait "$pid" || true
    fi
    deploy/broker.sh stop "$work/broker" >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP
cat >"$work/programs" <<JSON
{"product": "$product", "fake": "$build/fake", "load": "$build/load", "goworker": "$build/goworker", "limit": "$build/limit",
 "aio": "$rivals/peers/aio_worker.py", "aio python": "$build/rivals-python/bin/python", "tls front": "$build/tls_front"}
JSON

export PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
"$build/python/bin/python" -m unittest discover --quiet --start-directory Benchmarks
bench=("$build/python/bin/python" Benchmarks/bench.py --folder "$work" --programs "$work/programs" "$@")
apart=
for rights in --keep-caps --map-root-user; do
    namespace=(unshare --net --mount --pid --fork --kill-child --mount-proc "$rights")
    if "${namespace[@]}" true 2>/dev/null; then
        apart=yes bench=("${namespace[@]}" "${bench[@]}")
        break
    fi
done
if [ -z "$apart" ] && (exec 3<>/dev/tcp/127.0.0.1/5672) 2>/dev/null; then
    echo "no network of its own may be made here, and port 5672 is taken" >&2
    exit 69
fi
"${bench[@]}" &
pid=$!
status=0
wait "$pid" || status=$?
pid=
exit "$status"
