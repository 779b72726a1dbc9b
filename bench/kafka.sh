#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# bench/kafka.sh BUILD_DIR [--quick] [PART...]
# Measures tocsin over a Kafka of its own (deploy/dev/kafka/run.sh, so Java is needed) and, in the same minutes, what it is
# compared with: librdkafka alone with the same records, nginx answering the same POSTs (where it is installed), the
# embedded log, or itself with one process less. Runs alternate, the table has medians. Slowness is no failure.
# PARTs are intake, latency, catching-up, scaling; none is all.
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/table.sh

build=${1:?usage: bench/kafka.sh BUILD_DIR [--quick] [PART...]}
shift
seconds=8 rounds=5 backlog=20000 warm=60
if [ "${1:-}" = --quick ]; then shift; seconds=3 rounds=3 backlog=12000 warm=30; fi
parts=("$@")
for part in "${parts[@]}"; do
  case "$part" in
    intake | latency | catching-up | scaling) ;;
    *) echo "bench/kafka.sh: no part '$part': intake, latency, catching-up or scaling" >&2; exit 2 ;;
  esac
done
readonly kConnections=64 kLiveRate=200 kSteadyRate=10000
readonly kPort=19310 kNginxPort=19330 kReceiver=19320 # Below those that outgoing connections take.
tocsin=$build/tocsin

if ! reason=$(deploy/dev/kafka/run.sh fetch 2>&1 >/dev/null); then
  echo "bench/kafka.sh: skipped: ${reason##*$'\n'}"
  exit 0
fi

# Beside the build, not in /tmp: that may be memory, where durability costs nothing.
work=$(mktemp -d "$build/bench-kafka-XXXXXX")
work=$(cd "$work" && pwd)
groups=/sys/fs/cgroup
[ -e "$groups/cgroup.controllers" ] || groups=$groups/cpu
pids=() kafka='' nginx=''
wanted() { [ ${#parts[@]} -eq 0 ] || [[ " ${parts[*]} " == *" $1 "* ]]; } # PART
finish() {
  stop
  [ -z "$nginx" ] || kill "$nginx" 2>/dev/null || true
  [ -z "$kafka" ] || kill "$kafka" 2>/dev/null || true
  wait 2>/dev/null || true
  rmdir "$groups"/tocsin-bench-* 2>/dev/null || true
  rm -rf "$work"
}
stop() { # Ends the running tocsins.
  [ ${#pids[@]} -eq 0 ] || { kill "${pids[@]}" 2>/dev/null || true; wait "${pids[@]}" 2>/dev/null || true; }
  pids=()
}
trap finish EXIT

await() { # WHAT SECONDS COMMAND...
  local what=$1 end=$((SECONDS + $2)); shift 2
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || { echo "bench/kafka.sh: $what does not come" >&2; tail -n 5 "$work"/*.log >&2; exit 1; }
    sleep 0.1
  done
}
is_ready() { curl -fsS -o /dev/null "http://127.0.0.1:$1/readyz" 2>/dev/null; }

config() { # NAME PREFIX SINK: a configuration file; an empty prefix is the embedded log
  {
    echo "clusterName: bench"
    [ -z "$2" ] || printf 'bus:\n  type: kafka\n  kafka: {bootstrap_servers: "%s", topic_prefix: "%s"}\n' "$servers" "$2"
    printf 'customPlaybooks:\n  - triggers: [{on_prometheus_alert: {}}]\n    actions: [{default_enricher: {}}]\n'
    printf 'sinksConfig:\n  - %s\n' "$3"
  } > "$work/$1.yaml"
}
file_sink() { echo "file_sink: {name: file, file_name: $work/$1.jsonl}"; }
# Limits this shell, and what it becomes, to a third of a core, where the kernel lets us (cgroup v2 or v1's cpu controller,
# as root).
limit() { # NAME
  local group=$groups/tocsin-bench-$1
  mkdir -p "$group"
  if [ -e "$group/cpu.max" ]; then
    echo "33000 100000" > "$group/cpu.max"
  else
    echo 33000 > "$group/cpu.cfs_quota_us"
  fi
  echo "$BASHPID" > "$group/cgroup.procs"
}
run() { # NAME PORT [ROLES] [SHARE]: starts a tocsin of that configuration; SHARE `third`: with a third of a core
  (
    [ "${4:-}" != third ] || limit "$1"
    exec "$tocsin" run --config "$work/$1.yaml" --data-dir "$work/$1-data" --listen "127.0.0.1:$2" ${3:+--roles "$3"}
  ) > "$work/$1.log" 2>&1 &
  pids+=("$!")
}

post() { # PORT: a line "RATE ... FAILED ... P99_MS ..."
  wrk -t1 -c"$kConnections" -d"$seconds" --latency -s bench/alerts.lua "http://127.0.0.1:$1/api/alerts" -- tocsin "$2" | grep '^RATE'
}
produce() { "$build/bench/kafka_produce" "$servers" "$1" bench.raw "$seconds" "$2" "$3"; } # FROM_TOPIC RATE IN_FLIGHT

start_nginx() {
  command -v nginx >/dev/null || { echo "note: nginx is not installed, so the intake has no second comparison" >&2; return 0; }
  mkdir -p "$work/nginx"
  cat > "$work/nginx.conf" <<NGINX
daemon off; worker_processes 2; pid $work/nginx/pid; error_log $work/nginx/error.log;
events {}
http {
  access_log off; client_body_temp_path $work/nginx; proxy_temp_path $work/nginx; fastcgi_temp_path $work/nginx;
  uwsgi_temp_path $work/nginx; scgi_temp_path $work/nginx; keepalive_requests 1000000000;
  server { listen 127.0.0.1:$kNginxPort; location / { return 200; } }
}
NGINX
  nginx -c "$work/nginx.conf" &
  nginx=$!
}

# Accepted means acknowledged by the broker; against librdkafka alone with the same bytes, and against HTTP alone.
measure_intake() { # SIZE FROM_TOPIC
  : > "$work/ours"; : > "$work/theirs"; : > "$work/as_many"; : > "$work/http"
  for round in $(seq "$rounds"); do
    echo "intake over Kafka, $1 a body, round $round of $rounds" >&2
    post "$kPort" "$1" >> "$work/ours"
    produce "$2" 0 0 >> "$work/theirs"
    produce "$2" 0 "$kConnections" >> "$work/as_many"
    [ -z "$nginx" ] || post "$kNginxPort" "$1" >> "$work/http"
  done
  awk '$4 > 0 { print "note: " $4 " requests without success" }' "$work/ours" >&2
  local ours theirs lower whose="librdkafka alone"
  ours=$(column ours 2); theirs=$(column theirs 2); lower=$theirs
  if [ -n "$nginx" ] && awk -v a="$(column http 2)" -v b="$theirs" 'BEGIN { exit !(a < b) }'; then
    lower=$(column http 2) whose="nginx's POSTs"
  fi
  row "intake over Kafka, $1 a body" "$ours" "$lower" ">= 0.5" "bodies/s" "$whose"
  row "  the same" "$ours" "$theirs" "-" "bodies/s" "librdkafka alone"
  row "  the same" "$ours" "$(column as_many 2)" "-" "bodies/s" "librdkafka, $kConnections in flight"
}

# What the way through HTTP adds to an acknowledgement, at a steady rate that both hold.
measure_acknowledgement() {
  : > "$work/ours"; : > "$work/theirs"
  for round in $(seq "$rounds"); do
    echo "acknowledgement at $kSteadyRate/s, round $round of $rounds" >&2
    "$build/bench/steady_post" "$kPort" "$seconds" "$kSteadyRate" 1 >> "$work/ours"
    produce intake.intake "$kSteadyRate" 0 >> "$work/theirs"
  done
  row "acknowledged at $kSteadyRate/s, p50" "$(column ours 4)" "$(column theirs 4)" "-" "ms" "librdkafka alone"
  row "  its p99" "$(column ours 6)" "$(column theirs 6)" "-" "ms" "librdkafka alone"
  row "  rate reached" "$(column ours 2)" "$(column theirs 2)" "-" "1/s" "librdkafka alone"
}

measure_latency() {
  : > "$work/ours"; : > "$work/theirs"
  echo "latency to the webhook, $warm s for the broker to get used to it" >&2
  "$build/bench/latency" tocsin "$kPort" "$kReceiver" $((warm * 20)) 20 > /dev/null
  for round in $(seq "$rounds"); do
    echo "latency to the webhook, round $round of $rounds" >&2
    "$build/bench/latency" tocsin "$kPort" "$kReceiver" $((seconds * 20)) 20 >> "$work/ours"
    "$build/bench/latency" tocsin "$((kPort + 3))" "$((kReceiver + 3))" $((seconds * 20)) 20 >> "$work/theirs"
  done
  row "event to webhook, p50" "$(column ours 2)" "$(column theirs 2)" "-" "ms" "the embedded log"
  row "  its p99" "$(column ours 4)" "$(column theirs 4)" "-" "ms" "the embedded log"
}

written() { cat "$work"/worker*.jsonl 2>/dev/null | wc -l; }
has_written() { [ "$(written)" -ge "$1" ]; }
# A backlog of new alerts under its own prefix, then WORKERS processes with SHARE (third, all) each: the alerts a second
# they made of it, from their start on. From the first transition on would not do: most of the backlog may have passed the
# stages before the last one by then.
work_off() { # WORKERS SHARE ROUND
  local prefix="backlog-$1-$2-$3." worker began
  config feeder "$prefix" "$(file_sink feeder)"
  rm -rf "$work"/worker* "$work/feeder-data"
  run feeder "$kPort" # Makes the topics.
  await "the feeder" 60 is_ready "$kPort"
  stop
  run feeder "$kPort" ingest
  await "the feeder" 60 is_ready "$kPort"
  "$build/bench/steady_post" "$kPort" 1 $((backlog / 20)) 20 > "$work/fed"
  stop
  began=$(date +%s.%N)
  for worker in $(seq "$1"); do
    config "worker$worker" "$prefix" "$(file_sink "worker$worker")"
    run "worker$worker" $((kPort + worker)) ingest,playbooks,incidents,sinks "$2"
  done
  await "the end of the backlog" 600 has_written "$backlog"
  awk -v n="$backlog" -v a="$began" -v b="$(date +%s.%N)" 'BEGIN { printf "%.1f\n", n / (b - a) }'
  stop
}
measure_catching_up() {
  : > "$work/ours"
  for round in $(seq "$rounds"); do
    echo "a backlog of $backlog alerts, round $round of $rounds" >&2
    work_off 1 all "$round" >> "$work/ours"
  done
  row "catching up, 1 worker" "$(column ours 1)" "$kLiveRate" ">= 5" "alerts/s" "a live rate of $kLiveRate"
}
# With a third of a core each, so that the broker, which they share, is not what limits them.
measure_scaling() {
  if ! (limit trial) 2>/dev/null; then
    echo "note: scaling is left out, as shares of a core can't be given out here" >&2
    return 0
  fi
  : > "$work/ours"; : > "$work/theirs"
  for round in $(seq "$rounds"); do
    echo "a backlog of $backlog alerts and shares of a core, round $round of $rounds" >&2
    work_off 2 third "$round" >> "$work/ours"
    work_off 1 third "$round" >> "$work/theirs"
  done
  row "2 workers with a third of a core each" "$(column ours 1)" "$(column theirs 1)" ">= 1.7" "alerts/s" "1 worker"
}

# As a broker in production: compiled for speed, which takes it some time under load.
exec 3< <(TOCSIN_KAFKA_JVM="-Xms1g -Xmx1g" exec deploy/dev/kafka/run.sh --data "$work/kafka")
kafka=$!
IFS='=' read -r _ servers <&3
echo "bench: $(nproc) cores, data on $(stat -f -c %T "$work"), $rounds rounds of $seconds s, commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown)" >&2

config intake intake. "$(file_sink intake)"
run intake "$kPort" ingest
await "the intake" 60 is_ready "$kPort"
seconds=$warm post "$kPort" 1 > /dev/null # Leaves what librdkafka alone takes as its records.
if wanted intake; then
  "$build/bench/kafka_produce" "$servers" --create bench.raw
  start_nginx
  measure_intake 1 intake.intake
  measure_acknowledgement
  stop
  config intake64 intake64. "$(file_sink intake64)"
  run intake64 "$kPort" ingest
  await "the intake" 60 is_ready "$kPort"
  post "$kPort" 64 > /dev/null
  measure_intake 64 intake64.intake
fi
stop
if wanted latency; then
  config webhook webhook. "webhook_sink: {name: webhook, url: \"http://127.0.0.1:$kReceiver/\"}"
  config embedded "" "webhook_sink: {name: webhook, url: \"http://127.0.0.1:$((kReceiver + 3))/\"}"
  run webhook "$kPort"
  run embedded $((kPort + 3))
  await "the pipeline over Kafka" 60 is_ready "$kPort"
  await "the pipeline over the embedded log" 60 is_ready $((kPort + 3))
  measure_latency
  stop
fi
if wanted catching-up; then measure_catching_up; fi
if wanted scaling; then measure_scaling; fi

print_table
