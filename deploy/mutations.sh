#!/usr/bin/env bash
# Breaks the product on purpose, one way at a time, and has the bench find it: a mutation that the bench does not catch
# means that it proves less than it says. Fails if one survives.
#   mutations.sh [NAME...]     all of Tests/Chaos/mutations by default
# The patched file is laid over its original in a mount namespace of the build, so the sources stay as they are and only
# what the patch touches is compiled anew. A mutant is a copy of the program; the build folder is put right at the end.
set -euo pipefail
cd "$(dirname "$0")/.."

# Fronts and habits that bring out the mutation, beside the usual ones; each has 75 s unless it says otherwise.
declare -A storms=(
    [acknowledge-before-recording]="--fronts workers"
    [no-intent]="--fronts workers,provider"
    [ignore-returned-reply]="--fronts workers"
    [no-lease-check]="--fronts freezes,provider --workers 6 --minutes 3"
    [approve-on-404]="--fronts workers"
    [check-off-the-books]="--fronts gateway"
)
[ $# -gt 0 ] || set -- "${!storms[@]}"

work=$(mktemp -d)
built=
finish() {
    rm -rf "$work"
    [ -z "$built" ] || swift build --product verify-courier >/dev/null
}
trap finish EXIT
trap 'exit 130' INT TERM

for rights in --keep-caps --map-root-user; do
    namespace=(unshare --mount "$rights")
    "${namespace[@]}" mount --bind "$work" "$work" 2>/dev/null && break
    namespace=()
done
[ ${#namespace[@]} -gt 0 ] || { echo "mutations need a mount namespace, which may not be made here" >&2; exit 69; }

# NAME: the mutant as $work/NAME.
build() {
    local file
    file=$(sed -n '2s/^+++ b\///p' "Tests/Chaos/mutations/$1.patch")
    patch --quiet --output="$work/mutated" "$file" "Tests/Chaos/mutations/$1.patch"
    built=yes
    "${namespace[@]}" bash -c 'mount --bind "$0" "$1" && exec swift build --product verify-courier' \
        "$work/mutated" "$file" >"$work/build" 2>&1 || { cat "$work/build"; return 1; }
    cp "$(swift build --show-bin-path)/verify-courier" "$work/$1"
}

survived=0
for mutation in "$@"; do
    [ -n "${storms[$mutation]:-}" ] || { echo "there is no mutation '$mutation'" >&2; exit 64; }
    echo "== $mutation"
    build "$mutation"
    status=0
    # shellcheck disable=SC2086 # several words
    VERIFY_COURIER_PRODUCT="$work/$mutation" deploy/chaos.sh --seed 7 --minutes 1.25 ${storms[$mutation]} \
        >"$work/report" 2>&1 || status=$?
    if grep -A 1 '^VIOLATED' "$work/report"; then
        echo "caught"
    else
        survived=$((survived + 1))
        echo "SURVIVED (the bench's exit code was $status)"
        tail -n 20 "$work/report"
    fi
done
echo "$(($# - survived)) caught, $survived survived"
[ "$survived" -eq 0 ]
