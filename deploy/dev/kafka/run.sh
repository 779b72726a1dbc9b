#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A real Apache Kafka (KRaft, no ZooKeeper, no Docker) on free ports of 127.0.0.1, for development and tests.
#
#   run.sh [--nodes N] [--data DIR] [OPTION]...   runs it until Ctrl-C or until its starter is gone
#   run.sh fetch                                  only fetches Kafka, once, and prints where it is
#   run.sh prepare --data DIR [--nodes N] ...     only makes DIR: configuration, ports, empty storage
#   run.sh node DIR N                             runs node N of a prepared DIR, in this process
#   run.sh tool CLASS ARGUMENT...                 runs one of Kafka's own tools
#
# An OPTION is --property NAME=VALUE, for every broker's server.properties, or --listener NAME=PROTOCOL, one more listener
# (SECURE=SASL_SSL, say), whose addresses are then in DIR/listener-NAME. What it needs are properties.
#
# TOCSIN_KAFKA_JVM replaces the options of Java, which are for quick starts and not for speed.
#
# Prints bootstrap_servers=HOST:PORT,... once every node answers. Without --data the data lives in a new directory that
# goes away at the end; with it, a second run finds the same topics on the same ports. See README.md.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
self=$here/$(basename "${BASH_SOURCE[0]}")
readonly kVersion=$(sed -n 's:.*<kafka.version>\(.*\)</kafka.version>.*:\1:p' "$here/pom.xml")
readonly kServers=${XDG_CACHE_HOME:-$HOME/.cache}/tocsin/servers
readonly kHome=$kServers/kafka-$kVersion
readonly kCopy=org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies
readonly kAnswersWithin=120 # Seconds; 4 on a quiet machine, 12 for three nodes.

say() { echo "kafka: $*" >&2; }
fail() { say "$*"; exit 1; }
usage() { sed -n 's/^#   //p' "$self" >&2; exit 2; }

need_java() {
  command -v java >/dev/null || fail "java is missing (Debian package openjdk-17-jre-headless; Kafka $kVersion needs Java 17)"
  local version
  version=$(java -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p')
  [ "${version:-0}" -ge 17 ] || fail "java is version ${version:-unknown}; Kafka $kVersion needs 17 (Debian package openjdk-17-jre-headless)"
}

# Kafka's jars in the cache, outside the source tree. Whoever comes second waits and finds them.
fetch() {
  need_java
  [ ! -d "$kHome/lib" ] || return 0
  command -v mvn >/dev/null || fail "mvn is missing (Debian package maven; it fetches Kafka $kVersion from Maven Central, once)"
  mkdir -p "$kServers"
  exec 9>"$kServers/.lock"
  flock 9
  [ ! -d "$kHome/lib" ] || return 0
  say "fetching Kafka $kVersion from Maven Central into $kHome (54 MB, once)"
  local new
  new=$(mktemp -d "$kServers/.new-XXXXXX")
  cp "$here/pom.xml" "$new/"
  (cd "$new" && mvn -q -B $kCopy -DoutputDirectory=lib -DincludeScope=runtime > mvn.log 2>&1 9>&- </dev/null) || {
    tail -n 5 "$new/mvn.log" >&2
    rm -rf "$new"
    fail "Kafka could not be fetched from Maven Central (see above)"
  }
  rm -rf "$kHome"
  mv "$new" "$kHome"
  exec 9>&-
}

# A small heap and a quick compiler: a broker of 300 MB that answers 4 s after its start.
read -ra jvm <<< "${TOCSIN_KAFKA_JVM:--Xms128m -Xmx512m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC}"
readonly kJava=(java "${jvm[@]}"
  -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -Dorg.slf4j.simpleLogger.showDateTime=true -cp "$kHome/lib/*")

# Ports below the kernel's range for outgoing connections, so that they are still free when a node comes back.
free_port() {
  local port
  for _ in $(seq 200); do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
    [[ " ${taken[*]-} " != *" $port "* ]] || continue
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { taken+=("$port"); chosen=$port; return 0; }
  done
  fail "no free port found between 20000 and 31999"
}

write_properties() { # NODE
  local node=$1 dir=$data/node-$1 majority=$((nodes > 1 ? 2 : 1)) copies=$((nodes > 3 ? 3 : nodes))
  local named address more='' protocols=''
  mkdir -p "$dir"
  for named in "${listeners[@]}"; do
    free_port
    address=127.0.0.1:$chosen
    more+=",${named%%=*}://$address" protocols+=",${named%%=*}:${named#*=}"
    [ "$node" -eq 1 ] || address=$(cat "$data/listener-${named%%=*}"),$address
    echo "$address" > "$data/listener-${named%%=*}"
  done
  cat > "$dir/server.properties" <<PROPERTIES
process.roles=broker,controller
node.id=$node
controller.quorum.voters=$voters
listeners=PLAINTEXT://127.0.0.1:${brokers[node]},CONTROLLER://127.0.0.1:${controllers[node]}$more
advertised.listeners=PLAINTEXT://127.0.0.1:${brokers[node]}$more
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT$protocols
log.dirs=$dir/data
auto.create.topics.enable=false
default.replication.factor=$copies
min.insync.replicas=$majority
offsets.topic.replication.factor=$copies
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=$copies
transaction.state.log.min.isr=$majority
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
PROPERTIES
  [ ${#properties[@]} -eq 0 ] || printf '%s\n' "${properties[@]}" >> "$dir/server.properties"
}

prepare() {
  local brokers=(0) controllers=(0) taken=() voters='' bootstrap='' chosen node cluster
  mkdir -p "$data"
  data=$(cd "$data" && pwd)
  for node in $(seq "$nodes"); do
    free_port; brokers+=("$chosen")
    free_port; controllers+=("$chosen")
    voters+="${voters:+,}$node@127.0.0.1:$chosen"
    bootstrap+="${bootstrap:+,}127.0.0.1:${brokers[node]}"
  done
  cluster=$(head -c 16 /dev/urandom | base64 | tr '+/' 'ab' | cut -c 1-22) # A "-" in front would be an option.
  for node in $(seq "$nodes"); do
    write_properties "$node"
    "${kJava[@]}" kafka.tools.StorageTool format -t "$cluster" -c "$data/node-$node/server.properties" \
      > "$data/node-$node/log" 2>&1 9>&- || { tail -n 5 "$data/node-$node/log" >&2; fail "the storage of node $node could not be formatted"; }
  done
  echo "$bootstrap" > "$data/bootstrap_servers"
}

run_node() { # DIR NODE
  [ -f "$1/node-$2/server.properties" ] || fail "there is no node $2 in $1"
  exec "${kJava[@]}" kafka.Kafka "$1/node-$2/server.properties" >> "$1/node-$2/log" 2>&1
}

# Whether a broker answers an ApiVersions request: 4 bytes of length, key 18, version 0, an id, no client id.
answers() { # HOST:PORT
  local size
  size=$({ exec 3<>"/dev/tcp/${1%:*}/${1##*:}" && printf '\0\0\0\012\0\022\0\0\0\0\0\001\377\377' >&3 &&
    timeout 2 head -c 8 <&3 | wc -c; } 2>/dev/null) || return 1
  [ "$size" -eq 8 ]
}

await_answers() {
  local server end=$((SECONDS + kAnswersWithin))
  for server in $(tr ',' ' ' < "$data/bootstrap_servers"); do
    until answers "$server"; do
      kill -0 "${pids[@]}" 2>/dev/null || { tail -n 20 "$data"/node-*/log >&2; fail "a node ended while starting (see above)"; }
      [ "$SECONDS" -lt "$end" ] || fail "$server does not answer after $kAnswersWithin s; see $data/node-*/log"
      sleep 0.2
    done
  done
}

finish() {
  trap - EXIT INT TERM
  # What is thrown away need not be closed; what is kept gets a while to be.
  if [ -n "$temporary" ]; then
    [ ${#pids[@]} -eq 0 ] || kill -KILL "${pids[@]}" 2>/dev/null || true
  else
    [ ${#pids[@]} -eq 0 ] || kill -TERM "${pids[@]}" 2>/dev/null || true
    for _ in $(seq 50); do kill -0 "${pids[@]}" 2>/dev/null || break; sleep 0.2; done
    [ ${#pids[@]} -eq 0 ] || kill -KILL "${pids[@]}" 2>/dev/null || true
  fi
  wait 2>/dev/null || true
  [ -z "$temporary" ] || rm -rf "$temporary"
}

run() {
  local node ended=()
  # A kill -9 of the starter ends this script, and one of this script ends the nodes.
  if [ -z "${TOCSIN_KAFKA_SUPERVISED:-}" ]; then
    TOCSIN_KAFKA_SUPERVISED=$PPID exec setpriv --pdeathsig TERM "$self" "${arguments[@]}"
  fi
  [ "$TOCSIN_KAFKA_SUPERVISED" = "$PPID" ] || fail "the process that started this is gone"
  unset TOCSIN_KAFKA_SUPERVISED
  pids=() temporary=''
  trap finish EXIT
  trap 'exit 0' INT TERM
  if [ -z "$data" ]; then temporary=$(mktemp -d "${TMPDIR:-/tmp}/tocsin-kafka-XXXXXX"); data=$temporary; fi
  [ -f "$data/bootstrap_servers" ] || prepare
  nodes=$(find "$data" -maxdepth 1 -name 'node-*' | wc -l)
  for node in $(seq "$nodes"); do
    setpriv --pdeathsig KILL "$self" node "$data" "$node" </dev/null &
    pids+=("$!")
  done
  await_answers
  say "Kafka $kVersion, $nodes node(s), data and logs in $data, pids ${pids[*]}"
  echo "bootstrap_servers=$(cat "$data/bootstrap_servers")"
  while [ ${#ended[@]} -lt "$nodes" ]; do
    wait -n -p gone || true
    ended+=("$gone")
    say "the node with pid $gone ended; \"$self node $data N\" runs it again"
  done
  fail "no node is left"
}

nodes=1 data='' properties=() listeners=() arguments=("$@") verb=run
case "${1:-}" in
  fetch | prepare) verb=$1; shift ;;
  node) [ $# -eq 3 ] || usage; run_node "$2" "$3" ;;
  tool) [ $# -ge 2 ] || usage; fetch; exec "${kJava[@]}" "${@:2}" ;;
esac
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || usage
  case "$1" in
    --nodes) nodes=$2 ;;
    --data) data=$2 ;;
    --property) properties+=("$2") ;;
    --listener) listeners+=("$2") ;;
    *) usage ;;
  esac
  shift 2
done
[[ $nodes =~ ^[1-9]$ ]] || fail "--nodes takes a number from 1 to 9, not \"$nodes\""

fetch
case "$verb" in
  fetch) echo "$kHome" ;;
  prepare) [ -n "$data" ] || usage; prepare; cat "$data/bootstrap_servers" ;;
  run) run ;;
esac
