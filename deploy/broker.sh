#!/usr/bin/env bash
# A private RabbitMQ node in a folder of its own: own name, ports, data, cookie. The machine's own broker is not touched.
#   broker.sh start DIR [PORT]   starts it and waits until it takes connections; DIR/env then holds BROKER_URL
#   broker.sh stop DIR           ends the node and its port mapper
#   broker.sh ctl DIR ARG...     rabbitmqctl for that node
set -euo pipefail

usage() {
    sed -n '3,5s/^# *//p' "$0" >&2
    exit 64
}

[ $# -ge 2 ] || usage
verb=$1 dir=$2
shift 2
bin=/usr/lib/rabbitmq/bin

# A port that nobody listens on, from a range below the kernel's own for outgoing connections.
free_port() {
    local port
    while true; do
        port=$((20000 + RANDOM % 10000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
}

load() {
    [ -e "$dir/env" ] || { echo "no broker was started in $dir" >&2; exit 69; }
    # shellcheck source=/dev/null
    . "$dir/env"
    export HOME="$dir" RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_NODENAME="$BROKER_NODE"
    export RABBITMQ_MNESIA_BASE="$dir/data" RABBITMQ_LOG_BASE="$dir/log" RABBITMQ_CONFIG_FILE="$dir/rabbitmq"
    export RABBITMQ_ENABLED_PLUGINS_FILE="$dir/enabled_plugins" RABBITMQ_PID_FILE="$dir/pid"
    export RABBITMQ_DIST_PORT="$BROKER_DIST_PORT" ERL_EPMD_PORT="$BROKER_EPMD_PORT"
    export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="+S 2:2"
}

start() {
    mkdir -p "$dir/data" "$dir/log"
    dir=$(cd "$dir" && pwd)
    local port=${1:-$(free_port)}
    cat >"$dir/env" <<ENV
BROKER_PORT=$port
BROKER_NODE=courier-$port@localhost
BROKER_DIST_PORT=$(free_port)
BROKER_EPMD_PORT=$(free_port)
BROKER_URL=amqp://guest:guest@127.0.0.1:$port
ENV
    echo '[].' >"$dir/enabled_plugins"
    printf 'listeners.tcp.1 = 127.0.0.1:%s\ndisk_free_limit.absolute = 50MB\n' "$port" >"$dir/rabbitmq.conf"
    load
    # In a process group of its own: a Ctrl-C meant for the caller must not end it before its clients. And without the
    # caller's descriptors: whoever waits for those to close would wait for the broker's end.
    (
        for descriptor in /proc/self/fd/*; do
            descriptor=${descriptor##*/}
            [ "$descriptor" -le 2 ] || eval "exec $descriptor>&-"
        done
        exec setsid "$bin/rabbitmq-server" >"$dir/log/start" 2>&1 </dev/null
    ) &
    local node=$!
    for _ in $(seq 600); do
        if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && "$bin/rabbitmqctl" await_startup >/dev/null 2>&1; then
            echo "$BROKER_URL"
            return
        fi
        kill -0 "$node" 2>/dev/null || break
        sleep 0.2
    done
    echo "the broker did not start:" >&2
    tail -n 20 "$dir/log/start" >&2
    exit 70
}

stop() {
    [ -e "$dir/env" ] || return 0
    load
    local node=
    [ ! -e "$dir/pid" ] || node=$(cat "$dir/pid")
    if [ -n "$node" ] && kill -0 "$node" 2>/dev/null; then
        kill "$node"
        for _ in $(seq 100); do
            kill -0 "$node" 2>/dev/null || break
            sleep 0.1
        done
        kill -9 "$node" 2>/dev/null || true
    fi
    epmd -kill >/dev/null 2>&1 || true
    rm -f "$dir/env"
}

case "$verb" in
start) start "$@" ;;
stop) stop ;;
ctl)
    load
    exec "$bin/rabbitmqctl" "$@"
    ;;
*) usage ;;
esac
