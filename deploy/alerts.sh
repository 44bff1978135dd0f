#!/usr/bin/env bash
# Tries the alerts of deploy/prometheus/alerts.yaml by promtool, and that the PrometheusRule of deploy/kubernetes has the same rules.
#   alerts.sh --write    makes that PrometheusRule anew
set -euo pipefail
cd "$(dirname "$0")/.."

rules=deploy/prometheus/alerts.yaml
overlay=deploy/kubernetes/components/operated/prometheus-rule.yaml

# The same rules, indented, under the head of a resource.
resource() {
    cat <<'HEAD'
# Made by deploy/alerts.sh --write of deploy/prometheus/alerts.yaml: change that.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: verify-courier
spec:
HEAD
    sed -e '/^#/d' -e '/./s/^/  /' "$rules"
}

case "${1:-}" in
--write) resource >"$overlay" ;;
'') ;;
*) echo "alerts.sh takes --write, or nothing" >&2; exit 64 ;;
esac

command -v promtool >/dev/null || deploy/install.sh prometheus
promtool check rules --lint=all --lint-fatal "$rules"
promtool test rules deploy/prometheus/alerts_test.yaml deploy/prometheus/alerts_days_test.yaml
if ! resource | diff -u "$overlay" - >&2; then
    echo "$overlay has other rules than $rules: run deploy/alerts.sh --write" >&2
    exit 1
fi
