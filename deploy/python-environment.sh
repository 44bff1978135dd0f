#!/usr/bin/env bash
# A virtual environment of Python with exactly the pinned packages of the requirement files.
#   python-environment.sh FOLDER REQUIREMENTS...     made anew when Python or the pinned versions change
set -euo pipefail

[ $# -ge 2 ] || { sed -n '3s/^# *//p' "$0" >&2; exit 64; }
environment=$1
shift
stamp=$(python3 --version && cat "$@")
[ "$(cat "$environment/stamp" 2>/dev/null)" != "$stamp" ] || exit 0
rm -rf "$environment"
python3 -m venv "$environment"
"$environment/bin/pip" install --quiet --disable-pip-version-check --no-deps "${@/#/--requirement=}"
"$environment/bin/pip" check --disable-pip-version-check >/dev/null
printf '%s\n' "$stamp" >"$environment/stamp"
