#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# bench/run.sh BUILD_DIR [--quick]
# Measures tocsin and, on the same machine in the same minutes, what it is compared with: Debian's Alertmanager, cairo,
# a JSON parser, or itself with less to do. Prints ours, theirs, the ratio and what it should be. Runs alternate (ours,
# theirs, ours, ...) and the table has medians. Slowness is no failure. docs/performance.md tells how to read it.
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/table.sh

build=${1:?usage: bench/run.sh BUILD_DIR [--quick]}
seconds=8 rounds=5 idle=10
if [ "${2:-}" = --quick ]; then seconds=2 rounds=3 idle=2; fi
readonly kConnections=64
tocsin=$build/tocsin
readonly kOurPort=35000 kTheirPort=39093 kOurReceiver=35001 kTheirReceiver=39094

# Beside the build, not in /tmp: that may be memory, where durability costs nothing.
work=$(mktemp -d "$build/bench-XXXXXX")
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

{
  echo "clusterName: bench"
  echo "customPlaybooks:"
  for i in $(seq 0 99); do
    printf '  - name: playbook %d\n    triggers:\n      - on_prometheus_alert: {alert_name: HighLatency%d}\n' "$i" "$i"
    printf '    actions:\n      - default_enricher: {}\n'
  done
  printf 'sinksConfig:\n  - file_sink:\n      name: file\n      file_name: %s/transitions.jsonl\n' "$work"
} > "$work/tocsin.yaml"
{
  sed '/^sinksConfig/,$d' "$work/tocsin.yaml"
  printf 'sinksConfig:\n  - webhook_sink:\n      name: webhook\n      url: http://127.0.0.1:%s/\n' "$kOurReceiver"
} > "$work/webhook.yaml"
cat > "$work/alertmanager.yml" <<YAML
route: {receiver: nobody, group_by: [alertname]}
receivers: [{name: nobody}]
YAML
cat > "$work/webhook.yml" <<YAML
route: {receiver: webhook, group_by: [alertname], group_wait: 0s}
receivers: [{name: webhook, webhook_configs: [{url: "http://127.0.0.1:$kTheirReceiver/"}]}]
YAML

# The commands that start the two: NAME [CONFIG].
ours() { echo "$tocsin" run --config "$work/${2:-tocsin}.yaml" --data-dir "$work/$1" --listen "127.0.0.1:$kOurPort"; }
theirs() {
  echo prometheus-alertmanager "--config.file=$work/${2:-alertmanager}.yml" "--storage.path=$work/$1" \
    "--web.listen-address=127.0.0.1:$kTheirPort" --cluster.listen-address=
}
start_both() { # NAME [OUR_CONFIG THEIR_CONFIG]
  # shellcheck disable=SC2046
  $(ours "$1" "${2:-}") > "$work/$1-tocsin.log" 2>&1 &
  our_pid=$!
  # shellcheck disable=SC2046
  $(theirs "$1" "${3:-}") > "$work/$1-alertmanager.log" 2>&1 &
  their_pid=$!
  pids=("$our_pid" "$their_pid")
  await_ready "http://127.0.0.1:$kOurPort/readyz"
  await_ready "http://127.0.0.1:$kTheirPort/-/ready"
}
stop_both() {
  kill "${pids[@]}"
  wait "${pids[@]}" 2>/dev/null || true
  pids=()
}

await_ready() { curl -fsS --retry 200 --retry-delay 0 --retry-all-errors --retry-max-time 30 -o /dev/null "$1" 2>/dev/null; }
cpu_of() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }
# Waits until what a run left behind is worked off, so that it does not burden the next.
settle() {
  local before after calm=0
  for _ in $(seq 240); do
    before=$(cpu_of "$our_pid"); sleep 0.25; after=$(cpu_of "$our_pid")
    if [ $((after - before)) -le 1 ]; then calm=$((calm + 1)); else calm=0; fi
    [ "$calm" -lt 2 ] || return 0
  done
  echo "note: tocsin still works off the last run after 60 s" >&2
}

post() { # FORM SIZE URL: a line "RATE ... FAILED ... P99_MS ..."
  wrk -t1 -c"$kConnections" -d"$seconds" --latency -s bench/alerts.lua "$3" -- "$1" "$2" | grep '^RATE'
}

measure_intake() { # SIZE GOAL
  local size=$1 goal=$2
  : > "$work/ours"; : > "$work/theirs"
  for round in $(seq "$rounds"); do
    echo "intake, $size a body, round $round of $rounds" >&2
    settle
    post tocsin "$size" "http://127.0.0.1:$kOurPort/api/alerts" >> "$work/ours"
    settle
    post alertmanager "$size" "http://127.0.0.1:$kTheirPort/api/v2/alerts" >> "$work/theirs"
  done
  for side in ours theirs; do
    awk -v side="$side" '$4 > 0 { failed += $4 } END { if (failed) print "note: " side " had " failed " requests without success" }' \
      "$work/$side" >&2
  done
  row "intake, $size a body" "$(awk -v n="$size" '{ print $2 * n }' "$work/ours" | median)" \
    "$(awk -v n="$size" '{ print $2 * n }' "$work/theirs" | median)" "$goal" "alerts/s" alertmanager
  row "  its p99" "$(column ours 6)" "$(column theirs 6)" "-" "ms" alertmanager
}

measure_idle() {
  : > "$work/ours"; : > "$work/theirs"
  for round in $(seq "$rounds"); do
    echo "start and idle, round $round of $rounds" >&2
    # shellcheck disable=SC2046
    "$build/bench/start_time" "$kOurPort" /readyz "$idle" $(ours "idle-$round") >> "$work/ours"
    # shellcheck disable=SC2046
    "$build/bench/start_time" "$kTheirPort" /-/ready "$idle" $(theirs "idle-$round") >> "$work/theirs"
  done
  row "start to ready, 100 playbooks" "$(column ours 1)" "$(column theirs 1)" "<= 0.6" "ms" alertmanager
  row "memory idle, RssAnon" "$(awk '{ print $2 / 1024 }' "$work/ours" | median)" "$(awk '{ print $2 / 1024 }' "$work/theirs" | median)" "<= 0.4" "MB" alertmanager
  row "memory idle, RSS" "$(awk '{ print $3 / 1024 }' "$work/ours" | median)" "$(awk '{ print $3 / 1024 }' "$work/theirs" | median)" "<= 0.7" "MB" alertmanager
}

# From the POST of a new alert to its arrival at a webhook, without outside calls, 20 a second.
measure_latency() {
  : > "$work/ours"; : > "$work/theirs"
  for round in $(seq "$rounds"); do
    echo "latency to the webhook, round $round of $rounds" >&2
    "$build/bench/latency" tocsin "$kOurPort" "$kOurReceiver" $((seconds * 20)) 20 >> "$work/ours"
    "$build/bench/latency" alertmanager "$kTheirPort" "$kTheirReceiver" $((seconds * 20)) 20 >> "$work/theirs"
  done
  awk '$6 > 0 { print "note: " $6 " alerts never arrived (" FILENAME ")" }' "$work/ours" "$work/theirs" >&2
  row "event to webhook, p50" "$(column ours 2)" "$(column theirs 2)" "<= 4" "ms" alertmanager
  row "  its p99" "$(column ours 4)" "$(column theirs 4)" "-" "ms" alertmanager
}

micro() { # PROGRAM FILTER: a JSON report with the median of interleaved repetitions
  "$build/bench/$1" --benchmark_filter="$2" --benchmark_repetitions="$rounds" --benchmark_min_time=0.2 \
    --benchmark_enable_random_interleaving=true --benchmark_report_aggregates_only=true --benchmark_format=json \
    2> /dev/null > "$work/micro.json"
}
median_of() { jq -r --arg name "$1" '.benchmarks[] | select(.run_name == $name and .aggregate_name == "median").real_time' "$work/micro.json"; }

measure_chart() {
  echo "a chart" >&2
  micro chart_bench .
  row "chart 800x400, 5 series" "$(median_of tocsin_chart)" "$(median_of cairo_alone)" "<= 0.5" "us" "cairo alone"
}

measure_playbooks() {
  echo "1 and 1,000 playbooks" >&2
  micro match_bench whole_stage
  local by kinds=(alert_name namespace_prefix scope)
  for by in 0 1 2; do
    row "1,000 playbooks, by ${kinds[by]}" "$(median_of "whole_stage/by:$by/playbooks:1000")" \
      "$(median_of "whole_stage/by:$by/playbooks:1")" "<= 1.3" "ns" "1 playbook"
  done
}

# A recording of many bodies, played through the whole pipeline, and only parsed.
measure_replay() {
  local bodies=$((seconds * 2500)) round began
  awk -v bodies="$bodies" -f bench/recording.awk > "$work/recording.jsonl"
  : > "$work/ours"; : > "$work/theirs"
  for round in $(seq "$rounds"); do
    echo "replay of $bodies bodies, round $round of $rounds" >&2
    began=$(date +%s.%N)
    TMPDIR="$work" "$tocsin" replay --config "$work/tocsin.yaml" -o json "$work/recording.jsonl" > /dev/null
    awk -v a="$began" -v b="$(date +%s.%N)" -v n="$bodies" 'BEGIN { printf "%.1f\n", n / (b - a) }' >> "$work/ours"
    "$build/bench/parse_lines" "$work/recording.jsonl" | awk -v n="$bodies" '{ printf "%.1f\n", n / $1 }' >> "$work/theirs"
  done
  row "replay" "$(column ours 1)" "$(column theirs 1)" ">= 0.25" "bodies/s" "parsing alone"
}

echo "bench: $(nproc) cores, data on $(stat -f -c %T "$work"), $rounds rounds of $seconds s, commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown)" >&2
measure_idle
start_both latency webhook webhook
measure_latency
stop_both
start_both load
measure_intake 1 ">= 3"
measure_intake 64 ">= 2"
settle
stop_both
measure_chart
measure_playbooks
measure_replay

print_table
