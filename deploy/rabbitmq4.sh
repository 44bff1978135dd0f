#!/usr/bin/env bash
# Makes a folder with the RabbitMQ 4 of Debian 13, for deploy/broker.sh: a small Debian, which nothing of this machine
# changes for. Needs root. Once it is there, nothing is done.
#   rabbitmq4.sh FOLDER
set -euo pipefail

[ $# -eq 1 ] || { sed -n '4s/^# *//p' "$0" >&2; exit 64; }
folder=$1
[ ! -e "$folder/complete" ] || exit 0
[ "$(id -u)" -eq 0 ] || { echo "a folder with RabbitMQ 4 can be made by root only" >&2; exit 77; }
if ! command -v debootstrap >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
fi

# What an earlier run left half done.
rm -rf --one-file-system "$folder"
mkdir -p "$folder"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
run() {
    "$@" >"$log" 2>&1 || { tail -n 20 "$log" >&2; exit 70; }
}
echo "making $folder: Debian 13 with its RabbitMQ"
run debootstrap --variant=minbase trixie "$folder"
# The package would start its service.
printf '#!/bin/sh\nexit 101\n' >"$folder/usr/sbin/policy-rc.d"
chmod 755 "$folder/usr/sbin/policy-rc.d"
run chroot "$folder" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends rabbitmq-server
rm -rf "$folder"/var/cache/apt/archives/*.deb "$folder"/var/lib/apt/lists/*
touch "$folder/complete"
