#!/usr/bin/env bash
# Makes the Debian package of this version, for the kind of machine that it runs on. Nothing is fetched: the Swift packages must be
# there already, and Debian's debhelper and dpkg-dev.
#   package.sh FOLDER           writes verify-courier_VERSION_ARCHITECTURE.deb there, and prints its path
# VERIFY_COURIER_PRODUCT may name a program that is built already; it has the Swift runtime linked in (--static-swift-stdlib).
set -euo pipefail

[ $# -eq 1 ] || { sed -n '4s/^# *//p' "$0" >&2; exit 64; }
mkdir -p "$1"
folder=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
for tool in dh:debhelper dpkg-buildpackage:dpkg-dev python3:python3; do
    command -v "${tool%:*}" >/dev/null || { echo "'${tool%:*}' is missing: install ${tool#*:}" >&2; exit 69; }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=$(dpkg-parsechangelog --file deploy/debian/changelog --show-field Version)
SOURCE_DATE_EPOCH=$(dpkg-parsechangelog --file deploy/debian/changelog --show-field Timestamp)
export SOURCE_DATE_EPOCH LC_ALL=C.UTF-8

program=${VERIFY_COURIER_PRODUCT:-}
if [ -z "$program" ]; then
    build=(swift build --configuration release --product verify-courier --static-swift-stdlib --scratch-path .build/package)
    "${build[@]}" >&2
    program=$("${build[@]}" --show-bin-path)/verify-courier
fi
[ "$("$program" --version)" = "verify-courier $version" ] ||
    { echo "$program is $("$program" --version), and deploy/debian/changelog begins with $version" >&2; exit 65; }
strange=$(ldd "$program" | grep -oE '/[^ ]*libswift[^ ]*' || true)
[ -z "$strange" ] || { echo "$program needs a Swift runtime: build it with --static-swift-stdlib" >&2; exit 65; }

tree=$work/verify-courier-$version
staged=$tree/staged
mkdir -p "$staged/docs" "$staged"/usr/{bin,share/bash-completion/completions,share/zsh/vendor-completions,share/fish/vendor_completions.d}
cp -r deploy/debian "$tree/debian"
install -m 755 "$program" "$staged/usr/bin/verify-courier"
"$program" --generate-completion-script bash | sed "1{/^#!/d}" >"$staged/usr/share/bash-completion/completions/verify-courier"
"$program" --generate-completion-script zsh >"$staged/usr/share/zsh/vendor-completions/_verify-courier"
"$program" --generate-completion-script fish >"$staged/usr/share/fish/vendor_completions.d/verify-courier.fish"
"$program" --experimental-dump-help |
    deploy/manual.py "$staged/man" "$version" "$(date --utc --date "@$SOURCE_DATE_EPOCH" '+%B %-d, %Y')"
cp deploy/debian/verify-courier-as-worker.8 "$staged/man/"
cp -r README.md docs/*.md docs/contract "$staged/docs/"
[ ! -d docs/operators ] || cp -r docs/operators "$staged/docs/"
mkdir "$staged/examples"
cp deploy/prometheus/alerts.yaml deploy/grafana/verify-courier.json "$staged/examples/"
swift package show-dependencies --format json |
    deploy/sbom.py "$version" "$SOURCE_DATE_EPOCH" "$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p')" \
        >"$staged/sbom.cdx.json"

(cd "$tree" && dpkg-buildpackage --build=binary --no-sign --no-check-builddeps) >"$work/log" 2>&1 ||
    { tail -n 30 "$work/log" >&2; exit 70; }
for deb in "$work"/*.deb; do
    cp "$deb" "$folder/"
    echo "$folder/$(basename "$deb")"
done
