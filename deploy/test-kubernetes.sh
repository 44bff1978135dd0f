#!/usr/bin/env bash
# Holds the files for Kubernetes and for containers against the schemas of what reads them, without a cluster: built-in kinds by
# kubernetes-validate, those of KEDA and prometheus-operator by their JSON Schemas; the alerts are tried by deploy/alerts.sh.
# The JSON Schemas, made from the definitions of both, are in VERIFY_COURIER_TEST_SCHEMAS (default ../shared/reference/ops-samples/schemas);
# without them that part is skipped, with a word.
set -euo pipefail
cd "$(dirname "$0")/.."

schemas=${VERIFY_COURIER_TEST_SCHEMAS:-../shared/reference/ops-samples/schemas}
command -v kubectl >/dev/null || deploy/install.sh kubernetes-client
deploy/python-environment.sh .build/kubernetes Tests/Package/requirements.txt
bin=.build/kubernetes/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for folder in base overlays/operated overlays/postgresql store-init; do
    mkdir -p "$work/$folder"
    kubectl kustomize "deploy/kubernetes/$folder" --output "$work/$folder"
done
# One file for each object, named by its group, version and kind.
find "$work" -name '*.yaml' | sort >"$work/all"
grep -vE '/(keda\.sh|monitoring\.coreos\.com)_' "$work/all" >"$work/built-in"
echo "== $(wc -l <"$work/all") objects, $(wc -l <"$work/built-in") of kinds that Kubernetes has: kubernetes-validate"
xargs "$bin/kubernetes-validate" --strict --quiet <"$work/built-in"

for kind in keda.sh_v1alpha1_scaledobject:keda-scaledobjects keda.sh_v1alpha1_triggerauthentication:keda-triggerauthentications \
    monitoring.coreos.com_v1_podmonitor:prometheus-operator-podmonitors \
    monitoring.coreos.com_v1_prometheusrule:prometheus-operator-prometheusrules; do
    if [ ! -d "$schemas" ]; then
        echo "skipped: $kind, for there is no $schemas"
        continue
    fi
    "$bin/check-jsonschema" --schemafile "$schemas/${kind#*:}.schema.json" "$work/overlays/operated/${kind%:*}"_*.yaml
done

echo "== alerts"
deploy/alerts.sh

echo "== container and compose"
"$bin/hadolint" deploy/container/Containerfile
"$bin/check-jsonschema" --builtin-schema vendor.compose-spec deploy/container/compose.yaml deploy/container/compose.postgresql.yaml
