#!/usr/bin/env bash
# Installs what is missing, builds, checks the format, runs every test on a private broker, then the clients that others
# wrote, then a short storm of a fixed seed. Stops everything it started.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v swift >/dev/null || { echo "Swift 6.3 or newer is needed: see https://www.swift.org/install" >&2; exit 69; }
started=$SECONDS
deploy/install.sh

work=$(mktemp -d)
cleanup() {
    deploy/broker.sh stop "$work/broker" >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap cleanup EXIT

echo "== format"
swift format lint --strict -r Package.swift Sources Tests
echo "== build"
swift build --build-tests
echo "built after $((SECONDS - started)) s"
echo "== broker"
deploy/broker.sh start "$work/broker"
export VERIFY_COURIER_TEST_BROKER_DIR="$work/broker" VERIFY_COURIER_TEST_CAPTURE="$work/capture"
mkdir "$work/capture"
echo "== tests"
swift test --skip-build
echo "== clients of others"
deploy/outside-clients.sh
echo "== chaos"
deploy/chaos.sh --seed 6 --minutes 1.25
echo "done in $((SECONDS - started)) s"
