#!/usr/bin/env bash
# Builds the image of deploy/container from the Debian package, without a registry and without a container engine, and runs what is in
# it as a container would: as 65532, without rights, with a read-only root. Needs root.
#   test-container.sh [DEB]     that package; without one it is made
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# -le 1 ] || { sed -n '4s/^# *//p' "$0" >&2; exit 64; }
[ "$(id -u)" -eq 0 ] || { echo "an image can be built here by root only" >&2; exit 77; }
deploy/install.sh buildah mmdebstrap systemd-container
work=$(mktemp -d)
pids=()
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot CONTAINERS_STORAGE_CONF=$work/storage.conf
printf '[storage]\ndriver = "vfs"\ngraphroot = "%s/images"\nrunroot = "%s/run"\n' "$work" "$work" >"$work/storage.conf"
cleanup() {
    if [ ${#pids[@]} -gt 0 ]; then
        kill "${pids[@]}" 2>/dev/null || true
        wait "${pids[@]}" 2>/dev/null || true
    fi
    deploy/broker.sh stop "$work/broker" >/dev/null 2>&1 || true
    deploy/postgres.sh stop "$work/postgres" >/dev/null 2>&1 || true
    [ -z "${container:-}" ] || buildah umount "$container" >/dev/null || true
    rm -rf --one-file-system "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP

echo "== the base: Debian 12, in place of a registry's"
mmdebstrap --quiet --variant=minbase bookworm "$work/base.tar"
base=$(buildah from scratch)
buildah add --quiet "$base" "$work/base.tar" / >/dev/null
buildah commit --quiet --rm "$base" localhost/debian:12-slim >/dev/null

echo "== the image"
mkdir "$work/context"
cp deploy/container/Containerfile "$work/context/"
if [ $# -eq 1 ]; then cp "$1" "$work/context/"; else deploy/package.sh "$work/context"; fi
version=$(dpkg-parsechangelog --file deploy/debian/changelog --show-field Version)
buildah build --quiet --format docker --network host --build-arg BASE=localhost/debian:12-slim --build-arg VERSION="$version" \
    --tag "verify-courier:$version" "$work/context" >/dev/null
buildah inspect --type image "verify-courier:$version" >"$work/image.json"
python3 - "$work/image.json" "$version" <<'END'
import json
import sys

image = json.load(open(sys.argv[1], encoding="utf-8"))["Docker"]["config"]
assert image["User"] == "65532:65532", image
assert image["Entrypoint"] == ["/usr/bin/verify-courier"] and image["StopSignal"] == "SIGTERM", image
assert image["Healthcheck"]["Test"][:2] == ["CMD", "/bin/bash"], image
assert image["Labels"]["org.opencontainers.image.version"] == sys.argv[2], image
END

echo "== what is in it, read-only and without rights"
container=$(buildah from "verify-courier:$version")
root=$(buildah mount "$container")
mkdir -m 700 "$work/state" "$work/keys"
chown 65532:65532 "$work/state" "$work/keys"
# OPTION... COMMAND...: with two volumes that can be written, and nothing else.
box=(systemd-nspawn --quiet --register=no --keep-unit --read-only --directory "$root" --user verify-courier
    --capability= --drop-capability=all --no-new-privileges=yes --tmpfs=/tmp --pipe
    --bind "$work/state:/var/lib/verify-courier" --bind "$work/keys:/etc/verify-courier/keys")
inside() { "${box[@]}" "$@" 2> >(grep -v "^Attempted to remove disk file system" >&2); }
# COMMAND...: without a network.
contained() { inside --private-network "$@"; }
contained /usr/bin/verify-courier --version
contained /usr/bin/verify-courier store init --set store.url=sqlite:/var/lib/verify-courier/store.db \
    --set store.key_file=/etc/verify-courier/keys/store.key
contained /usr/bin/verify-courier store check --set store.url=sqlite:/var/lib/verify-courier/store.db \
    --set store.key_file=/etc/verify-courier/keys/store.key
[ "$(stat -c '%u %a' "$work/keys/store.key")" = "65532 600" ]
if contained /bin/sh -c 'echo >/etc/written' 2>/dev/null; then echo "its root can be written" >&2; exit 1; fi

echo "== a worker in it answers a job"
deploy/broker.sh start "$work/broker" >/dev/null
url=$(sed -n 's/^BROKER_URL=//p' "$work/broker/env")
# With the network of this machine: a private broker, and a simulator of Twilio in a container of its own.
settings=("VERIFY_COURIER_BROKER_URL=$url" "VERIFY_COURIER_STORE_URL=sqlite:/var/lib/verify-courier/store.db"
    VERIFY_COURIER_STORE_KEY_FILE=/etc/verify-courier/keys/store.key VERIFY_COURIER_OPS_LISTEN=off
    VERIFY_COURIER_SITE_2FA_VERIFY_ACCOUNTSID=AC00000000000000000000000000000001
    VERIFY_COURIER_SITE_2FA_VERIFY_SERVICESID=VA00000000000000000000000000000001
    VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN=trial)
program() { inside "${settings[@]/#/--setenv=}" /usr/bin/verify-courier "$@" </dev/null; }
# NAME ARGUMENT...: in the background, until it says "ready".
start() {
    local name=$1
    shift
    # Nothing around it: what is ended at the end is the box itself.
    "${box[@]}" "${settings[@]/#/--setenv=}" /usr/bin/verify-courier "$@" </dev/null >"$work/$name.out" 2>"$work/$name.log" &
    pids+=("$!")
    for _ in $(seq 300); do
        ! grep -q '^ready' "$work/$name.out" || return 0
        sleep 0.2
    done
    echo "$name did not start:" >&2
    cat "$work/$name.log" >&2
    return 1
}
start simulator simulate --listen 127.0.0.1:0
twilio=$(sed -n 's/^ready //p' "$work/simulator.out" | tr -d '\r')
settings+=("VERIFY_COURIER_TWILIO_BASE_URL=${twilio%/}")
program topology apply
start worker work
# USER NUMBER: registers a phone, which is a sign-in as well.
sign_in() {
    program register phone --user "$1" --phone "+$2" --login first-sign-in
    local code
    code=$(curl --silent --fail "${twilio%/}/_simulator/outbox?to=%2B$2" | grep -oE '"code":"[0-9]+"' | grep -oE '[0-9]+')
    inside "${settings[@]/#/--setenv=}" /usr/bin/verify-courier check --user "$1" --login first-sign-in <<<"$code" | tee "$work/check"
    grep -q '^approved' "$work/check"
    if grep -q "$code" "$work"/*.log; then echo "a code is in the log" >&2; exit 1; fi
}
sign_in anna 14155550142

echo "== the pages in it, without anything of Twilio's"
all=("${settings[@]}") settings=()
for setting in "${all[@]}"; do
    case $setting in *_TWILIO_* | *_SITE_*) ;; *) settings+=("$setting") ;; esac
done
start pages ops --set ops.pages=127.0.0.1:0
pages=$(sed -n 's/^ready //p' "$work/pages.out" | tr -d '\r')
for _ in $(seq 30); do
    curl --silent --fail "$pages" >"$work/page"
    ! grep -q 'All is well' "$work/page" || break
    sleep 1
done
grep -q 'All is well' "$work/page"

echo "== the same with PostgreSQL"
kill "${pids[1]}"
wait "${pids[1]}" || true
deploy/postgres.sh start "$work/postgres" >/dev/null
port=$(sed -n 's/^POSTGRES_PORT=//p' "$work/postgres/env") user=$(sed -n 's/^POSTGRES_USER=//p' "$work/postgres/env")
install -m 600 -o 65532 -g 65532 /dev/stdin "$work/keys/pgpass" <<<"127.0.0.1:*:*:*:trial"
settings=("${all[@]}" VERIFY_COURIER_STORE_KEY_FILE=/etc/verify-courier/keys/postgres.key
    "VERIFY_COURIER_STORE_URL=postgresql://$user@127.0.0.1:$port/postgres?passfile=/etc/verify-courier/keys/pgpass")
program store init
start postgres-worker work
sign_in dora 14155550143
program store check

echo "passed: $(du -sm --apparent-size "$root" | cut -f 1) MB"
