#!/usr/bin/env bash
# Tries the Debian package as its users do, in a Debian 12 of its own with RabbitMQ and nothing else, with systemd as its first process
# and no network: install, a login, watchdog, reinstall, upgrade, downgrade, remove, purge. Before that the package is looked
# through (lintian, manual pages, completions). Needs root.
#   test-package.sh [DEB]       that package; without one it is made
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# -le 1 ] || { sed -n '5s/^# *//p' "$0" >&2; exit 64; }
[ "$(id -u)" -eq 0 ] || { echo "a Debian of its own can be started by root only" >&2; exit 77; }
deploy/install.sh debhelper dpkg-dev lintian mandoc zsh fish mmdebstrap systemd-container
work=$(mktemp -d)
root=$work/root
cleanup() {
    if [ -n "${machine:-}" ]; then
        kill "$machine" 2>/dev/null || true
        wait "$machine" || true
    fi
    rm -rf --one-file-system "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP

deb=${1:-}
[ -n "$deb" ] || deb=$(deploy/package.sh "$work")
echo "== $(basename "$deb"), $(stat -c %s "$deb") bytes"
lintian --fail-on error,warning,info --tag-display-limit 0 --allow-root "$deb"
dpkg-deb --extract "$deb" "$work/files"
share=$work/files/usr/share
gunzip --recursive "$share/man"
mandoc -T lint -W warning "$share"/man/man*/*
bash -n "$share/bash-completion/completions/verify-courier"
zsh -n "$share/zsh/vendor-completions/_verify-courier"
fish --no-execute "$share/fish/vendor_completions.d/verify-courier.fish"
# A page for every command that the program tells of.
"$work/files/usr/bin/verify-courier" --experimental-dump-help | python3 Tests/Package/pages.py "$share/man/man1"

echo "== a Debian 12 with RabbitMQ"
base=.build/debian12
depends=$(dpkg-deb --field "$deb" Depends | sed 's/([^)]*)//g; s/|[^,]*//g; s/ //g')
if [ "$(cat "$base/complete" 2>/dev/null)" != "$depends" ]; then
    rm -rf --one-file-system "$base"
    mkdir -p .build
    mmdebstrap --quiet --variant=minbase --include="systemd-sysv,dbus,man-db,rabbitmq-server,curl,$depends" bookworm "$base"
    rm -f "$base/usr/sbin/policy-rc.d"
    echo "$depends" >"$base/complete"
fi
cp -a --reflink=auto "$base" "$root"
printf '127.0.0.1 localhost trial\n' >"$root/etc/hosts"
mkdir "$root/trial"
cp "$deb" "$root/trial/this.deb"
# The same program under a higher version: what dpkg does is the same for any other.
dpkg-deb --raw-extract "$deb" "$work/next"
sed -i 's/^Version: .*/&+next/' "$work/next/DEBIAN/control"
dpkg-deb --root-owner-group --build -Znone "$work/next" "$root/trial/next.deb" >/dev/null
install -m 755 Tests/Package/inside.sh "$root/trial/inside.sh"
cat >"$root/etc/systemd/system/trial.service" <<'END'
[Unit]
After=rabbitmq-server.service
[Service]
Type=oneshot
ExecStart=/trial/inside.sh
ExecStopPost=/bin/systemctl --no-block poweroff
StandardOutput=append:/trial/log
StandardError=append:/trial/log
TimeoutStartSec=1200
END
mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
ln -s ../trial.service "$root/etc/systemd/system/multi-user.target.wants/trial.service"

echo "== the trial"
systemd-nspawn --quiet --register=no --keep-unit --private-network --hostname=trial --directory "$root" --boot \
    </dev/null >"$work/console" 2>&1 &
machine=$!
for _ in $(seq 1500); do
    kill -0 "$machine" 2>/dev/null || break
    sleep 1
done
cat "$root/trial/log"
[ -e "$root/trial/passed" ] || { tail -n 20 "$work/console" >&2; exit 1; }
