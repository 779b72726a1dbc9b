#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# bench/run.sh BUILD_DIR [--quick]
# Measures tocsin and, on the same machine in the same minutes, Debian's Alertmanager; prints ours, theirs, the ratio and
# what it should be. Runs alternate (ours, theirs, ours, ...) and the table has medians. Slowness is no failure.
set -euo pipefail
cd "$(dirname "$0")/.."

build=${1:?usage: bench/run.sh BUILD_DIR [--quick]}
seconds=8 rounds=5 idle=10
if [ "${2:-}" = --quick ]; then seconds=2 rounds=3 idle=2; fi
readonly kConnections=64
tocsin=$build/tocsin
readonly kOurPort=35000 kTheirPort=39093

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
cat > "$work/alertmanager.yml" <<YAML
route: {receiver: nobody, group_by: [alertname]}
receivers: [{name: nobody}]
YAML

ours() { echo "$tocsin" run --config "$work/tocsin.yaml" --data-dir "$work/$1" --listen "127.0.0.1:$kOurPort"; }
theirs() {
  echo prometheus-alertmanager "--config.file=$work/alertmanager.yml" "--storage.path=$work/$1" \
    "--web.listen-address=127.0.0.1:$kTheirPort" --cluster.listen-address=
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
median() { sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

post() { # FORM SIZE URL: a line "RATE ... FAILED ... P99_MS ..."
  wrk -t1 -c"$kConnections" -d"$seconds" --latency -s bench/alerts.lua "$3" -- "$1" "$2" | grep '^RATE'
}

rows=()
row() { rows+=("$(printf '%s|%s|%s|%s|%s' "$@")"); } # NAME OURS THEIRS GOAL UNIT

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
    "$(awk -v n="$size" '{ print $2 * n }' "$work/theirs" | median)" "$goal" "alerts/s"
  row "  its p99" "$(awk '{ print $6 }' "$work/ours" | median)" "$(awk '{ print $6 }' "$work/theirs" | median)" "-" "ms"
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
  row "start to ready, 100 playbooks" "$(awk '{ print $1 }' "$work/ours" | median)" "$(awk '{ print $1 }' "$work/theirs" | median)" "<= 0.6" "ms"
  row "memory idle, RssAnon" "$(awk '{ print $2 / 1024 }' "$work/ours" | median)" "$(awk '{ print $2 / 1024 }' "$work/theirs" | median)" "<= 0.4" "MB"
  row "memory idle, RSS" "$(awk '{ print $3 / 1024 }' "$work/ours" | median)" "$(awk '{ print $3 / 1024 }' "$work/theirs" | median)" "<= 0.7" "MB"
}

echo "bench: $(nproc) cores, data on $(stat -f -c %T "$work"), $rounds rounds of $seconds s, commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown)" >&2
measure_idle
# shellcheck disable=SC2046
$(ours load) > "$work/tocsin.log" 2>&1 &
our_pid=$!; pids+=("$our_pid")
# shellcheck disable=SC2046
$(theirs load) > "$work/alertmanager.log" 2>&1 &
pids+=("$!")
await_ready "http://127.0.0.1:$kOurPort/readyz"
await_ready "http://127.0.0.1:$kTheirPort/-/ready"
measure_intake 1 ">= 3"
measure_intake 64 ">= 2"
settle

printf '\n%-32s %12s %12s %-9s %8s  %s\n' "(medians)" "tocsin" "alertmanager" "" "ratio" "goal"
for line in "${rows[@]}"; do
  IFS='|' read -r name our their goal unit <<< "$line"
  awk -v name="$name" -v our="$our" -v their="$their" -v goal="$goal" -v unit="$unit" 'BEGIN {
    ratio = their > 0 ? our / their : 0
    split(goal, g, " ")
    verdict = g[1] == ">=" ? (ratio >= g[2] ? "met" : "not met") : g[1] == "<=" ? (ratio <= g[2] ? "met" : "not met") : ""
    printf "%-32s %12.1f %12.1f %-9s %7.2fx  %-7s %s\n", name, our, their, unit, ratio, goal, verdict
  }'
done
