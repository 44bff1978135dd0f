#!/usr/bin/env bash
# Runs a command, for so many seconds at the most. Then, or when this is ended itself, the command is ended with all that it
# started: by SIGTERM, and what is left after that by SIGKILL. Exit code 124 when the time was over, else the command's own.
#   bounded.sh SECONDS COMMAND [ARG...]
set -uo pipefail

[ $# -ge 2 ] || { sed -n '4s/^# *//p' "$0" >&2; exit 64; }
limit=$1
shift
grace=${VERIFY_COURIER_TEST_GRACE:-60}

# PID: it and what it started and so on, as far as they have not left this session. What has, minds its own end.
family() {
    local pid
    ps -o pid=,sid= -p "$1" | awk -v sid="$(ps -o sid= -p $$)" '$2 == sid + 0 { print $1 }'
    for pid in $(ps -o pid= --ppid "$1"); do family "$pid"; done
}

# By the shell's own list: a signal may come before a variable holds the number of what was just started.
finish() {
    local started members
    started=$(jobs -pr)
    [ -n "$started" ] || return
    members=$(for pid in $started; do family "$pid"; done)
    # shellcheck disable=SC2086 # several words
    kill $started 2>/dev/null
    for _ in $(seq $((grace * 10))); do
        # shellcheck disable=SC2086 # several words
        [ -n "$(ps -o pid= -p ${members//$'\n'/,} 2>/dev/null)" ] || break
        sleep 0.1
    done
    # shellcheck disable=SC2086 # several words
    kill -9 $members 2>/dev/null
    wait
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

"$@" &
command=$!
sleep "$limit" &
alarm=$!
wait -n -p first "$command" "$alarm"
status=$?
[ "$first" != "$alarm" ] || exit 124
exit "$status"
