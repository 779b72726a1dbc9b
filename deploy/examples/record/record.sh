#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Records deploy/examples/incident.jsonl anew: a real Prometheus evaluates rules.yml over the samples of samples.awk, a
# real Alertmanager sends what fires, and tocsin writes down what came in and every answer it got.
# Usage: record.sh TOCSIN OUTPUT   (needs the packages prometheus and prometheus-alertmanager; takes about four minutes)
set -euo pipefail
tocsin=$(realpath "$1") output=$(realpath -m "$2") here=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$work"' EXIT

cat > "$work/prometheus.yml" <<YAML
global: {evaluation_interval: 2s}
rule_files: [$here/rules.yml]
alerting: {alertmanagers: [{static_configs: [{targets: ['127.0.0.1:19093']}]}]}
YAML
cat > "$work/alertmanager.yml" <<YAML
route: {receiver: tocsin, group_by: [alertname], group_wait: 2s, group_interval: 10s, repeat_interval: 4h}
receivers: [{name: tocsin, webhook_configs: [{url: 'http://127.0.0.1:15000/api/alerts'}]}]
YAML
awk -v now="$(date +%s)" -f "$here/samples.awk" > "$work/samples.txt"
promtool tsdb create-blocks-from openmetrics "$work/samples.txt" "$work/tsdb" > /dev/null

rm -f "$output"
cp "$here/../demo.yaml" "$work/demo.yaml"
"$tocsin" run --config "$work/demo.yaml" --data-dir "$work/data" --listen 127.0.0.1:15000 --record "$output" &
prometheus-alertmanager --config.file="$work/alertmanager.yml" --storage.path="$work/am" \
  --web.listen-address=127.0.0.1:19093 --web.external-url=http://alertmanager.example.com:9093 --cluster.listen-address= --log.level=error &
prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/tsdb" \
  --storage.tsdb.retention.time=30d --web.listen-address=127.0.0.1:9090 --web.external-url=http://prometheus.example.com:9090 --log.level=error &
sleep 200
echo "$(wc -l < "$output") lines in $output"
