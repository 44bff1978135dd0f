#!/usr/bin/env bash
# A private PostgreSQL server in a folder of its own: own port and socket, own data. The machine's own clusters are not touched.
#   postgres.sh start DIR        starts it and waits until it takes connections; DIR/env then holds POSTGRES_PORT,
#                                POSTGRES_SOCKET (its folder), POSTGRES_USER, POSTGRES_PID
#   postgres.sh standby DIR OTHER
#                                the same, as a read-only standby that follows OTHER's
#   postgres.sh tls DIR FOLDER   has it show FOLDER/server.pem from now on
#   postgres.sh promote DIR      makes a standby one that takes writes
#   postgres.sh kill DIR         kill -9 of the server and all that it runs, as in a crash; start then brings it up again
#   postgres.sh stop DIR         ends it at once, and whatever it was doing with it
#   postgres.sh program NAME ARG...
#                                one of its own programs, such as pg_dump
# The server refuses to run as root: then it runs as the user postgres, and its folder is that one's.
set -euo pipefail

usage() {
    sed -n '3,14s/^# *//p' "$0" >&2
    exit 64
}

[ $# -ge 2 ] || usage
verb=$1
bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
[ -x "$bin/postgres" ] || { echo "there is no PostgreSQL server; deploy/install.sh installs one" >&2; exit 69; }

if [ "$verb" = program ]; then
    shift
    name=$1
    shift
    exec "$bin/$name" "$@"
fi

dir=$2
shift 2

as_server=()
if [ "$(id -u)" -eq 0 ]; then
    as_server=(setpriv --reuid=postgres --regid=postgres --clear-groups --inh-caps=-all --)
fi

# A port that nobody listens on, from a range below the kernel's own for outgoing connections.
free_port() {
    local port
    while true; do
        port=$((20000 + RANDOM % 10000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
}

load() {
    [ -e "$dir/env" ] || { echo "no server was started in $dir" >&2; exit 69; }
    # shellcheck source=/dev/null
    . "$dir/env"
}

# In a folder whose name is short: that of a socket may have no more than 107 bytes. Everybody may pass through it, since the
# server may be another user than we.
make_folder() {
    mkdir -p "$dir"
    POSTGRES_SOCKET=$(mktemp -d /tmp/vcpg-XXXXXX)
    chmod 755 "$POSTGRES_SOCKET"
    POSTGRES_PORT=$(free_port)
    [ ${#as_server[@]} -eq 0 ] || chown postgres:postgres "$POSTGRES_SOCKET"
    write_env
}

write_env() {
    printf 'POSTGRES_PORT=%s\nPOSTGRES_SOCKET=%s\nPOSTGRES_USER=tests\nPOSTGRES_PID=%s\n' \
        "$POSTGRES_PORT" "$POSTGRES_SOCKET" "${POSTGRES_PID:-}" >"$dir/env"
}

# Nothing of a test's data outlives its server, so nothing need reach a disk; what is promised of durability is the server's.
settings() {
    cat <<CONF
listen_addresses = '127.0.0.1'
port = $POSTGRES_PORT
unix_socket_directories = '$POSTGRES_SOCKET'
fsync = off
full_page_writes = off
shared_buffers = 64MB
max_connections = 300
max_wal_senders = 4
wal_level = replica
log_min_messages = warning
logging_collector = off
hot_standby = on
CONF
}

launch() {
    # A session of its own: a Ctrl-C is not for it.
    setsid "${as_server[@]}" "$bin/postgres" -D "$POSTGRES_SOCKET/data" >>"$dir/log" 2>&1 </dev/null &
    POSTGRES_PID=$!
    write_env
    local end=$((SECONDS + ${VERIFY_COURIER_TEST_POSTGRES_SECONDS:-120}))
    until "$bin/pg_isready" --quiet --host="$POSTGRES_SOCKET" --port="$POSTGRES_PORT" --username=tests --dbname=postgres; do
        kill -0 "$POSTGRES_PID" 2>/dev/null || { echo "the server ended:" >&2; tail -n 20 "$dir/log" >&2; exit 1; }
        [ "$SECONDS" -lt "$end" ] || { echo "the server in $dir took no connections in time" >&2; exit 1; }
        sleep 0.1
    done
}

end_server() {
    [ -n "${POSTGRES_PID:-}" ] || return 0
    local all=("$POSTGRES_PID")
    # What it runs would go on for a moment otherwise.
    [ "$1" != KILL ] || mapfile -t -O 1 all < <(pgrep -P "$POSTGRES_PID" || true)
    kill "-$1" "${all[@]}" 2>/dev/null || true
    local end=$((SECONDS + 60))
    while kill -0 "$POSTGRES_PID" 2>/dev/null; do
        [ "$SECONDS" -lt "$end" ] || { echo "the server of $dir did not end" >&2; exit 1; }
        sleep 0.05
    done
    POSTGRES_PID=
    write_env
}

case $verb in
start)
    if [ -e "$dir/env" ]; then
        load
    else
        make_folder
        "${as_server[@]}" "$bin/initdb" --pgdata="$POSTGRES_SOCKET/data" --username=tests --auth=trust --no-sync \
            --encoding=UTF8 --locale=C.UTF-8 >"$dir/log" 2>&1 ||
            { tail -n 20 "$dir/log" >&2; exit 1; }
        settings | "${as_server[@]}" tee -a "$POSTGRES_SOCKET/data/postgresql.conf" >/dev/null
    fi
    launch
    ;;
standby)
    [ $# -eq 1 ] || usage
    # shellcheck source=/dev/null
    source=$(. "$1/env" && echo "$POSTGRES_SOCKET $POSTGRES_PORT")
    make_folder
    "${as_server[@]}" "$bin/pg_basebackup" --pgdata="$POSTGRES_SOCKET/data" --host="${source% *}" --port="${source#* }" \
        --username=tests --write-recovery-conf --checkpoint=fast --no-sync >"$dir/log" 2>&1 ||
        { tail -n 20 "$dir/log" >&2; exit 1; }
    settings | "${as_server[@]}" tee -a "$POSTGRES_SOCKET/data/postgresql.conf" >/dev/null
    launch
    ;;
tls)
    [ $# -eq 1 ] || usage
    load
    install -m 600 "$1/server-key.pem" "$POSTGRES_SOCKET/data/server.key"
    install -m 644 "$1/server.pem" "$POSTGRES_SOCKET/data/server.crt"
    [ ${#as_server[@]} -eq 0 ] || chown postgres:postgres "$POSTGRES_SOCKET"/data/server.{key,crt}
    printf 'ssl = on\n' | "${as_server[@]}" tee -a "$POSTGRES_SOCKET/data/postgresql.conf" >/dev/null
    kill -HUP "$POSTGRES_PID"
    ;;
promote)
    load
    "${as_server[@]}" "$bin/pg_ctl" promote --wait --pgdata="$POSTGRES_SOCKET/data" >>"$dir/log" 2>&1
    ;;
kill)
    load
    end_server KILL
    ;;
stop)
    load
    # INT is its fast shutdown.
    end_server INT
    case $POSTGRES_SOCKET in /tmp/vcpg-*) rm -rf "$POSTGRES_SOCKET" ;; esac
    rm -f "$dir/env"
    ;;
*) usage ;;
esac
