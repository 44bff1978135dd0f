#!/usr/bin/env bash
# Installs the Debian packages that are missing. Services that they bring are not started: a policy-rc.d that forbids
# it is put there for the time of the installation, unless there is one already.
#   install.sh [PACKAGE...]     those as well
set -euo pipefail

packages=(librabbitmq-dev libcurl4-openssl-dev libsqlite3-dev libphonenumber-dev libqrencode-dev libpng-dev libpq-dev
    rabbitmq-server postgresql openssl python3-venv patch
    # For the tests: what judges QR codes and one-time passwords, what breaks disks, what speaks HTTP and HTTP/2, a relay, what
    # judges metrics.
    zbar-tools librsvg2-bin oathtool fiu-utils nghttp2-server socat curl prometheus "$@")

missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "installing ${missing[*]} needs root or sudo" >&2; exit 77; }
    as_root=(sudo)
fi

policy=/usr/sbin/policy-rc.d
ours=
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod 755 "$policy"
    ours=yes
fi
trap '[ -z "$ours" ] || "${as_root[@]}" rm -f "$policy"' EXIT

echo "installing: ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
