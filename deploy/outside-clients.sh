#!/usr/bin/env bash
# Runs clients that others wrote against the product, from a virtual environment of their own under .build, and adds up
# what they checked. Stops everything it started.
#   outside-clients.sh [CLIENT...]     those that CI runs by default
# The last line is "N passed, N failed"; the exit code is 1 if anything failed.
#
# A client is a function client_NAME here and a program under Tests/OutsideClients that ends with that same line.
set -euo pipefail
cd "$(dirname "$0")/.."

clients=(twilio_sdk contract login portal outside_client agreement python_client credential_dialog windows_page first_hour)

# The official SDK of Twilio, against the simulator, compared with Twilio's OpenAPI document where that is at hand.
client_twilio_sdk() {
    start simulator "$courier" simulate --listen 127.0.0.1:0 || return
    python twilio_sdk_walk.py "$(sed -n 's/^ready //p' "$work/simulator.out")"
}

# The published contract by itself, and the messages that the Swift tests wrote down, if they did.
client_contract() {
    python contract_check.py ${VERIFY_COURIER_TEST_CAPTURE:+"$VERIFY_COURIER_TEST_CAPTURE"}
}

# A login in twenty lines of Python, written from docs/contract alone.
client_login() {
    stage || return
    python login.py
}

# A login page for browsers, and a browser that walks through it.
client_portal() {
    export VERIFY_COURIER_SITE_2FA_LOGINTYPE_WEB=All
    stage || return
    unset VERIFY_COURIER_SITE_2FA_LOGINTYPE_WEB
    # Not by the function: the program itself has to be the one that is ended.
    PYTHONDONTWRITEBYTECODE=1 start portal "$environment/bin/python" Tests/OutsideClients/portal.py 0 || return
    python portal_walk.py "$(sed -n 's/^ready //p' "$work/portal.out")"
}

# Every rule of docs/contract, as somebody else's front end sees it.
client_outside_client() {
    stage || return
    python outside_client.py
}

# Bodies that are nearly right: the worker and the published schemas must judge them alike.
client_agreement() {
    stage || return
    python agreement.py
}

# The client that the docs hand out for Python, while connections, replies and workers go missing.
client_python_client() {
    with_package python_client.py
}

# A dialog of Windows' kind at a console, and somebody who types, gives up, is offline.
client_credential_dialog() {
    with_package dialog_walk.py
}

# The messages of the page for Windows programs, byte for byte, with least rights.
client_windows_page() {
    with_package exact_messages.py
}

# The login at a terminal, judged by a scripted worker. Most of a minute, for silence takes its time: only where it is named.
client_conformance() {
    stage 0 || return
    deploy/python-environment.sh .build/python-client Tests/OutsideClients/python-client-requirements.txt || return
    # shellcheck disable=SC2016 # the variables are each sign-in's
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=docs/examples/python/src "$courier" conformance front-end --at-once 22 \
        --restart "deploy/broker.sh kill '$work/broker' && deploy/broker.sh start '$work/broker'" --run \
        'printf "sms\n$VERIFY_CONFORMANCE_CODE\n" |
            .build/python-client/bin/python docs/examples/python/examples/login.py "$VERIFY_CONFORMANCE_USER"'
}

# PROGRAM: one that uses the client of docs/examples/python, and starts its workers itself.
with_package() {
    export VERIFY_COURIER_SITE_2FA_LOGINTYPE_WEB=All VERIFY_COURIER_SITE_2FA_LOGINTYPE_WIN=All
    stage 0 || return
    unset VERIFY_COURIER_SITE_2FA_LOGINTYPE_WEB VERIFY_COURIER_SITE_2FA_LOGINTYPE_WIN
    deploy/python-environment.sh .build/python-client Tests/OutsideClients/python-client-requirements.txt || return
    BROKER_FOLDER="$work/broker" PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=Tests/OutsideClients:docs/examples/python/src \
        .build/python-client/bin/python "Tests/OutsideClients/$1" "$courier" work
}

# The page for those who begin, line by line, beside a demo of its own.
client_first_hour() {
    python page_walk.py docs/front-end-developers/first-hour.md
}

# The reference web login with Chromium: axe judges every page, pictures of all go to .build/login-pictures or where
# LOGIN_PICTURES says. Wants chromium, chromium-driver, fonts-dejavu-core and, for small
# pictures, pngquant: so it is asked for by its name only.
client_login_pictures() {
    local folder=${LOGIN_PICTURES:-.build/login-pictures} cooldown=30 password
    axe || return
    export VERIFY_COURIER_SITE_2FA_LOGINTYPE_WEB=All
    stage || return
    unset VERIFY_COURIER_SITE_2FA_LOGINTYPE_WEB
    password=$(head -c 6 /dev/urandom | od -An -tx1 | tr -d ' \n')
    "$courier" login-page --hash anna <<<"$password" >"$work/users"
    start pages "$courier" login-page --set login_page.listen=127.0.0.1:0 --set "login_page.users=$work/users" || return
    # By its input: a password stands in no list of processes.
    python login_pictures.py "$(sed -n 's/^ready //p' "$work/pages.out")" "$VERIFY_COURIER_TWILIO_BASE_URL" \
        "$axe" "$folder" <<<"$password" || return
    ! command -v pngquant >/dev/null || pngquant --force --ext .png 48 "$folder"/login-*.png
}

# The operator's pages likewise; pictures go to .build/ops-pictures or where OPS_PICTURES says.
client_ops_pictures() {
    local folder=${OPS_PICTURES:-.build/ops-pictures}
    axe || return
    stage || return
    start ops "$courier" ops --set ops.pages=127.0.0.1:0 --set ops.site=shop --set ops.environment=staging || return
    python ops_pictures.py "$(sed -n 's/^ready //p' "$work/ops.out")" "$axe" "$folder" "${pids[-3]},${pids[-2]}" || return
    ! command -v pngquant >/dev/null || pngquant --force --ext .png 48 "$folder"/ops-*.png
}

# Sets axe: the file of axe-core, which a package for Python carries.
axe() {
    local folder=.build/axe
    axe=$folder/axe_playwright_python/axe.min.js
    [ -s "$axe" ] || {
        "$environment/bin/pip" download --quiet --no-deps --dest "$folder" --requirement Tests/OutsideClients/pictures-requirements.txt &&
            python3 -m zipfile -e "$folder"/axe_playwright_python-*.whl "$folder"
    }
}

# WORKERS: a broker of our own, the simulator, a store and so many workers, two if not said.
stage() {
    local worker
    [ -e "$work/broker/env" ] || deploy/broker.sh start "$work/broker" || return
    # shellcheck source=/dev/null
    . "$work/broker/env"
    export HOME="$work" VERIFY_COURIER_BROKER_URL="$BROKER_URL" VERIFY_COURIER_LIMITS_COOLDOWN_SECONDS=${cooldown:-0}
    export VERIFY_COURIER_SITE_2FA_VERIFY_ACCOUNTSID=AC00000000000000000000000000000001
    export VERIFY_COURIER_SITE_2FA_VERIFY_SERVICESID=VA00000000000000000000000000000001
    export VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN=clients-token
    export VERIFY_COURIER_OPS_LISTEN=off # two workers
    start simulator "$courier" simulate --listen 127.0.0.1:0 || return
    VERIFY_COURIER_TWILIO_BASE_URL=$(sed -n 's/^ready //p' "$work/simulator.out")
    export VERIFY_COURIER_TWILIO_BASE_URL=${VERIFY_COURIER_TWILIO_BASE_URL%/}
    rm -f "$work"/store.db*
    export VERIFY_COURIER_STORE_URL="sqlite:$work/store.db"
    "$courier" topology apply && "$courier" store init || return
    for worker in $(seq "${1:-2}"); do
        start "worker$worker" "$courier" work || return
    done
}

[ $# -eq 0 ] || clients=("$@")
for client in "${clients[@]}"; do
    declare -F "client_$client" >/dev/null || { echo "there is no client '$client'" >&2; exit 64; }
done

environment=$PWD/.build/outside-clients
python() {
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=Tests/OutsideClients "$environment/bin/python" "Tests/OutsideClients/$1" "${@:2}"
}

work=$(mktemp -d)
pids=()
# Starts a program in the background and waits for its line "ready"; what it prints is in $work/NAME.out.
start() {
    local name=$1
    shift
    # Another client's program of that name has left its own "ready" there.
    : >"$work/$name.out"
    "$@" >"$work/$name.out" 2>"$work/$name.log" &
    local pid=$!
    pids+=("$pid")
    for _ in $(seq 300); do
        grep -q '^ready' "$work/$name.out" 2>/dev/null && return 0
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    echo "$name did not start:"
    cat "$work/$name.log"
    return 70
}
stop() {
    [ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
    [ ${#pids[@]} -eq 0 ] || wait "${pids[@]}" 2>/dev/null || true
    pids=()
}
finish() {
    stop
    deploy/broker.sh stop "$work/broker" >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

deploy/python-environment.sh "$environment" Tests/OutsideClients/{requirements,contract-requirements}.txt
courier="$(swift build --show-bin-path)/verify-courier"
[ -x "$courier" ] || swift build --product verify-courier

passed=0 failed=0
for client in "${clients[@]}"; do
    echo "-- $client"
    "client_$client" >"$work/$client.txt" 2>&1 || true
    cat "$work/$client.txt"
    stop
    if [[ $(tail -n 1 "$work/$client.txt") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
    else
        echo "$client did not come to its end"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
