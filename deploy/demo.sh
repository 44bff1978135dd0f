#!/usr/bin/env bash
# A login from nothing: installs what is missing, builds, starts a private broker, a simulator of Twilio and two workers,
# registers a phone, sends a code, tries a wrong one and the right one, and starts the reference web login. Then it stays up;
# Ctrl-C ends everything.
# --once: end after the login.
set -euo pipefail
cd "$(dirname "$0")/.."

once=
case "${1:-}" in
--once) once=yes ;;
"") ;;
*) echo "usage: deploy/demo.sh [--once]" >&2; exit 64 ;;
esac

command -v swift >/dev/null || { echo "Swift 6.3 or newer is needed: see https://www.swift.org/install" >&2; exit 69; }
deploy/install.sh
echo "== building (the first time takes minutes)"
swift build --product verify-courier
courier="$(swift build --show-bin-path)/verify-courier"

demo=$(mktemp -d)
pids=()
finish() {
    trap - EXIT INT TERM
    [ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
    [ ${#pids[@]} -eq 0 ] || wait "${pids[@]}" 2>/dev/null || true
    deploy/broker.sh stop "$demo/broker" >/dev/null 2>&1 || true
    rm -rf "$demo"
}
trap finish EXIT
trap 'exit 130' INT TERM

# Starts a program in the background and waits for its line "ready".
start() {
    local name=$1
    shift
    "$@" >"$demo/$name.out" 2>"$demo/$name.log" &
    pids+=($!)
    local pid=$!
    for _ in $(seq 300); do
        grep -q '^ready' "$demo/$name.out" 2>/dev/null && return 0
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    echo "$name did not start:" >&2
    cat "$demo/$name.log" >&2
    exit 70
}

echo "== broker"
deploy/broker.sh start "$demo/broker"
# shellcheck source=/dev/null
. "$demo/broker/env"
export VERIFY_COURIER_BROKER_URL="$BROKER_URL"
export VERIFY_COURIER_STORE_URL="sqlite:$demo/verify-courier.db"
export VERIFY_COURIER_SITE_2FA_LOGINTYPE_WEB=All
export VERIFY_COURIER_SITE_2FA_VERIFY_ACCOUNTSID=AC00000000000000000000000000000001
export VERIFY_COURIER_SITE_2FA_VERIFY_SERVICESID=VA00000000000000000000000000000001
export VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN=demo-token
export VERIFY_COURIER_LIMITS_COOLDOWN_SECONDS=10 # a short wait, so that pages show one
export VERIFY_COURIER_OPS_LISTEN=off # two workers, and whatever else runs here

echo "== simulator, topology, store, two workers"
start simulator "$courier" simulate --listen 127.0.0.1:0
simulator=$(sed -n 's/^ready //p' "$demo/simulator.out")
export VERIFY_COURIER_TWILIO_BASE_URL="${simulator%/}"
"$courier" topology apply
"$courier" store init
start worker1 "$courier" work
start worker2 "$courier" work

# One command, shown with its time; $1 is the exit code that is right here.
step() {
    local expected=$1 code=0 began ended
    shift
    echo
    echo "\$ verify-courier $*"
    began=$(date +%s%N)
    "$courier" "$@" || code=$?
    ended=$(date +%s%N)
    echo "  ($(((ended - began) / 1000000)) ms)"
    [ "$code" -eq "$expected" ] || { echo "expected exit code $expected, got $code" >&2; exit 70; }
}

code_for() {
    # The simulator's outbox: the newest code for a number.
    local reply
    exec 3<>"/dev/tcp/127.0.0.1/${VERIFY_COURIER_TWILIO_BASE_URL##*:}"
    printf 'GET /_simulator/outbox?to=%%2B%s HTTP/1.0\r\nHost: simulator\r\nConnection: close\r\n\r\n' "${1#+}" >&3
    reply=$(cat <&3)
    exec 3>&-
    sed -n 's/.*"code" *: *"\([0-9]*\)".*/\1/p' <<<"$(tr '}' '\n' <<<"$reply")" | tail -n 1
}

phone=+14155550142
step 0 options --user anna
step 0 register phone --user anna --phone "$phone" --login demo-registration
code=$(code_for "$phone")
step 0 check --user anna --login demo-registration <<<"$code"
step 0 options --user anna
step 0 send --user anna --login demo-first-login
code=$(code_for "$phone")
wrong=111111
[ "$code" != "$wrong" ] || wrong=222222
step 1 check --user anna --login demo-first-login <<<"$wrong"
step 0 check --user anna --login demo-first-login <<<"$code"

echo
echo "anna is in."

echo "== the reference web login"
# A password of this run's own, for both: nothing that is known to anybody lets in.
password=$(head -c 6 /dev/urandom | od -An -tx1 | tr -d ' \n')
for name in anna berta; do
    "$courier" login-page --hash "$name" <<<"$password" >>"$demo/users"
done
export VERIFY_COURIER_LOGIN_PAGE_USERS="$demo/users"
start login "$courier" login-page --set login_page.listen=127.0.0.1:0
login=$(sed -n 's/^ready //p' "$demo/login.out")
start ops "$courier" ops --set ops.pages=127.0.0.1:0 --set ops.site=demo
ops=$(sed -n 's/^ready //p' "$demo/ops.out")
(
    umask 077
    export TWILIO="${simulator%/}"
    export -p | grep -E '^declare -x (VERIFY_COURIER_|TWILIO=)' >"$demo/env"
    echo "PATH=$(dirname "$courier"):\$PATH" >>"$demo/env"
)
[ -z "$once" ] || exit 0
cat <<TEXT

Open in a browser, side by side:

  $login               the reference web login: anna has a phone, berta is new; the password of both is $password
  $simulator               the phones with their texts and calls, and an authenticator app with its codes
  ${simulator}authenticator  where the app is given an account, by the link that a real phone would scan
  $ops               the operator's pages: how the site is, its queues, its workers
  ${simulator}_simulator     faults to order, numbers that cause errors

In another terminal:

  . $demo/env
  verify-courier send --user anna --login my-own-login
  echo CODE | verify-courier check --user anna --login my-own-login
  verify-courier register authenticator --user anna --login my-own-login --picture app.svg

and so on as docs/walkthrough.md goes.

Ctrl-C stops everything.
TEXT
wait -n "${pids[@]}" || true
