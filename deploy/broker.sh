#!/usr/bin/env bash
# A private RabbitMQ node in a folder of its own: own name, ports, data, cookie. The machine's own broker is not touched.
#   broker.sh start DIR [PORT]   starts it and waits until it takes connections; DIR/env then holds BROKER_URL
#   broker.sh start-tls DIR      the same with TLS besides: BROKER_TLS_URL, _CLIENT_URL (asks its clients for a
#                                certificate), _EXPIRED_URL, and BROKER_TLS_FOLDER with certificates made for it
#   broker.sh join DIR OTHER     the same as start, as one more node of the cluster of which OTHER's is one
#   broker.sh certificates DIR   only makes the certificates, in DIR/tls: ca.pem, other-ca.pem, and server, expired (for
#                                localhost) and client, each with its -key.pem
#   broker.sh kill DIR           kill -9, as in a crash; start then brings it up again, on the same ports
#   broker.sh flush DIR          has it write down which members its quorum queues have, which RabbitMQ 3.10 does only now and then: a
#                                queue that was made seconds before a crash comes back without any, and answers nobody
#   broker.sh stop DIR           ends the node and, after the last one, its port mapper
#   broker.sh ctl DIR ARG...     rabbitmqctl for that node
# VERIFY_COURIER_TEST_RABBITMQ_ROOT names a folder with another RabbitMQ than the machine's, as deploy/rabbitmq4.sh makes it. Its
# nodes need a mount namespace: root, or user namespaces.
set -euo pipefail

usage() {
    sed -n '3,15s/^# *//p' "$0" >&2
    exit 64
}

[ $# -ge 2 ] || usage
verb=$1 dir=$2
shift 2
bin=/usr/lib/rabbitmq/bin

# With another RabbitMQ, what its programs are started by: they see its /usr in place of the machine's, and all else as it is.
launcher=()
root=${VERIFY_COURIER_TEST_RABBITMQ_ROOT:-}
if [ -n "$root" ]; then
    root=$(cd "$root" && pwd)
    [ -x "$root$bin/rabbitmq-server" ] || { echo "there is no RabbitMQ in $root" >&2; exit 69; }
    for rights in --keep-caps --map-root-user; do
        # shellcheck disable=SC2016 # these are that shell's
        launcher=(unshare --mount "$rights" bash -c 'mount --bind "$0/usr" /usr && exec "$@"' "$root")
        "${launcher[@]}" true 2>/dev/null && break
        launcher=()
    done
    [ ${#launcher[@]} -gt 0 ] || { echo "another RabbitMQ needs root, or user namespaces" >&2; exit 77; }
fi

rabbitmqctl() { "${launcher[@]}" "$bin/rabbitmqctl" "$@"; }

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

# NAME SUBJECT EXTENSION FROM TO: a key and a certificate that the authority signs; dates as YYYYMMDD.
certificate() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1-key.pem" -out "$1.csr" -subj "$2"
    openssl ca -batch -notext -config ca.cnf -extfile <(printf '%s\n' "$3") -startdate "${4}000000Z" \
        -enddate "${5}000000Z" -in "$1.csr" -out "$1.pem"
}

# NAME: an authority of its own.
authority() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" \
        -keyout "$1-key.pem" -out "$1.pem"
}

# FOLDER: an authority, another one, and certificates of the first.
make_certificates() {
    mkdir -p "$dir/log"
    # Not within a condition: there a failing line would be passed over.
    set +e
    (
        set -e
        mkdir -p "$1" && cd "$1"
        umask 077
        : >index.txt
        printf '%s\n' '[ca]' 'default_ca = own' '[own]' 'database = index.txt' 'new_certs_dir = .' 'rand_serial = yes' \
            'private_key = ca-key.pem' 'certificate = ca.pem' 'default_md = sha256' 'policy = any' 'unique_subject = no' \
            '[any]' 'commonName = supplied' >ca.cnf
        local today tomorrow
        today=$(date -u -d yesterday +%Y%m%d) tomorrow=$(date -u -d '2 days' +%Y%m%d)
        authority ca
        authority other-ca
        certificate server /CN=localhost subjectAltName=DNS:localhost "$today" "$tomorrow"
        certificate expired /CN=localhost subjectAltName=DNS:localhost 20200101 20200102
        certificate client /CN=client extendedKeyUsage=clientAuth "$today" "$tomorrow"
    ) >"$dir/log/certificates" 2>&1
    local status=$?
    set -e
    [ "$status" -ne 0 ] || return 0
    echo "the certificates could not be made:" >&2
    cat "$dir/log/certificates" >&2
    exit 70
}

# Erlang's list of TLS options: CERTIFICATE, and whether clients need one.
tls_options() {
    printf '[{cacertfile,"%s/ca.pem"},{certfile,"%s/%s.pem"},{keyfile,"%s/%s-key.pem"},{verify,verify_peer},' \
        "$BROKER_TLS_FOLDER" "$BROKER_TLS_FOLDER" "$1" "$BROKER_TLS_FOLDER" "$1"
    printf '{fail_if_no_peer_cert,%s}]' "$2"
}

# PORT CERTIFICATE NEEDED: one more TLS listener. The configuration file knows one set of options for all of them.
listen_tls() {
    rabbitmqctl --quiet eval \
        "ok = rabbit_networking:start_ssl_listener({\"127.0.0.1\", $1}, $(tls_options "$2" "$3"), 5)." >/dev/null
}

start_tls() {
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd)
    make_certificates "$dir/tls"
    start "$@" >/dev/null
    local tls client expired
    tls=$(free_port) client=$(free_port) expired=$(free_port)
    cat >>"$dir/env" <<ENV
BROKER_TLS_URL=amqps://guest:guest@localhost:$tls
BROKER_TLS_CLIENT_URL=amqps://guest:guest@localhost:$client
BROKER_TLS_EXPIRED_URL=amqps://guest:guest@localhost:$expired
BROKER_TLS_FOLDER=$dir/tls
ENV
    load
    listen_tls "$tls" server false
    listen_tls "$client" server true
    listen_tls "$expired" expired false
    echo "$BROKER_TLS_URL"
}

# PORT [EPMD_PORT]: what a node is to be, for it and for whoever asks later.
describe() {
    cat >"$dir/env" <<ENV
BROKER_PORT=$1
BROKER_NODE=courier-$1@localhost
BROKER_DIST_PORT=$(free_port)
BROKER_EPMD_PORT=${2:-$(free_port)}
BROKER_URL=amqp://guest:guest@127.0.0.1:$1
ENV
    echo '[].' >"$dir/enabled_plugins"
    printf 'listeners.tcp.1 = 127.0.0.1:%s\ndisk_free_limit.absolute = 50MB\n' "$1" >"$dir/rabbitmq.conf"
}

runs() {
    [ -e "$dir/pid" ] && kill -0 "$(cat "$dir/pid")" 2>/dev/null
}

start() {
    mkdir -p "$dir/data" "$dir/log"
    dir=$(cd "$dir" && pwd)
    [ -e "$dir/env" ] || describe "${1:-$(free_port)}"
    load
    ! runs || { echo "$BROKER_URL"; return; }
    local port=$BROKER_PORT
    # In a process group of its own: a Ctrl-C meant for the caller must not end it before its clients. And without the
    # caller's descriptors: whoever waits for those to close would wait for the broker's end.
    (
        for descriptor in /proc/self/fd/*; do
            descriptor=${descriptor##*/}
            [ "$descriptor" -le 2 ] || eval "exec $descriptor>&-"
        done
        # Where Mnesia leaves its core, should it give up.
        cd "$dir"
        exec setsid "${launcher[@]}" "$bin/rabbitmq-server" >"$dir/log/start" 2>&1 </dev/null
    ) &
    local node=$!
    for _ in $(seq 600); do
        if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && rabbitmqctl await_startup >/dev/null 2>&1; then
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

# Nodes of a cluster share a cookie and a port mapper; which of them runs is for each to know.
join() {
    local other
    other=$(cd "${1:?}" && pwd)
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd)
    if [ ! -e "$dir/env" ]; then
        local epmd node
        epmd=$(sed -n 's/^BROKER_EPMD_PORT=//p' "$other/env") node=$(sed -n 's/^BROKER_NODE=//p' "$other/env")
        describe "$(free_port)" "$epmd"
        cp -p "$other/.erlang.cookie" "$dir/"
        start >/dev/null
        rabbitmqctl --quiet stop_app
        rabbitmqctl --quiet join_cluster "$node"
        rabbitmqctl --quiet start_app
        rabbitmqctl --quiet await_online_nodes 2
    fi
    start
}

stop() {
    [ -e "$dir/env" ] || return 0
    load
    if runs; then
        local node
        node=$(cat "$dir/pid")
        kill "$node"
        for _ in $(seq 100); do
            kill -0 "$node" 2>/dev/null || break
            sleep 0.1
        done
        kill -9 "$node" 2>/dev/null || true
    fi
    # It lists a node that was killed for a moment yet, and ends for none that it lists.
    for _ in $(seq 30); do
        (exec 3<>"/dev/tcp/127.0.0.1/$BROKER_EPMD_PORT") 2>/dev/null || break
        "${launcher[@]}" epmd -kill >/dev/null 2>&1 || true
        epmd -names 2>/dev/null | grep '^name courier-' | grep -qv "name courier-$BROKER_PORT " && break
        sleep 0.1
    done
    rm -f "$dir/env"
}

crash() {
    load
    ! runs || kill -9 "$(cat "$dir/pid")"
    while runs; do sleep 0.05; done
}

case "$verb" in
start) start "$@" ;;
start-tls) start_tls "$@" ;;
join) join "$@" ;;
certificates) make_certificates "$dir/tls" ;;
kill) crash ;;
stop) stop ;;
flush)
    load
    rabbitmqctl --quiet eval '[dets:sync(T) || T <- dets:all()].' >/dev/null
    ;;
ctl)
    load
    exec "${launcher[@]}" "$bin/rabbitmqctl" "$@"
    ;;
*) usage ;;
esac
