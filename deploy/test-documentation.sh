#!/usr/bin/env bash
# Has DocC make the documentation of VerifyClient, with its articles and its tutorial, from the modules of a build: a link that leads
# nowhere, a picture or a step that is missing is an error. Neither a plugin nor the network is needed.
#   test-documentation.sh [FOLDER]    FOLDER/VerifyClient.doccarchive is what was made; .build/documentation by default
set -euo pipefail
cd "$(dirname "$0")/.."

folder=${1:-.build/documentation}
swift build --target VerifyClient
build=$(swift build --show-bin-path)
modules=$build/Modules
# Those of C libraries, as systems and packages have them.
includes=()
while IFS= read -r map; do
    includes+=(-Xcc "-fmodule-map-file=$map")
done < <(find -L "$PWD/Sources" "$build" -maxdepth 2 -name module.modulemap)
rm -rf "$folder"
mkdir -p "$folder/symbols"
triple=$(swift -print-target-info | python3 -c 'import json, sys; print(json.load(sys.stdin)["target"]["triple"])')
swift symbolgraph-extract -module-name VerifyClient -I "$modules" "${includes[@]}" -target "$triple" -minimum-access-level public \
    -skip-inherited-docs -output-dir "$folder/symbols"
docc convert Sources/VerifyClient/VerifyClient.docc --additional-symbol-graph-dir "$folder/symbols" \
    --fallback-display-name VerifyClient --fallback-bundle-identifier verify-courier.VerifyClient --warnings-as-errors \
    --output-path "$folder/VerifyClient.doccarchive"
pages=$(find "$folder/VerifyClient.doccarchive/data" -name '*.json' | wc -l)
echo "$pages pages"
[ "$pages" -gt 40 ]
