#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/integration/kafka/with_kafka.sh PROGRAM ARGUMENT...
# Runs a test program with a fresh Kafka, whose address it finds in TOCSIN_KAFKA.
set -euo pipefail
launcher=$(cd "$(dirname "$0")/../../.." && pwd)/deploy/dev/kafka/run.sh

if ! reason=$("$launcher" fetch 2>&1 >/dev/null); then
  echo "SKIPPED: $(basename "$1") with Kafka: ${reason##*$'\n'}"
  exit 77
fi
exec 3< <(exec "$launcher" --property log.retention.check.interval.ms=5000)
kafka=$!
trap 'kill "$kafka" 2>/dev/null || true' EXIT
IFS='=' read -r _ servers <&3
TOCSIN_KAFKA=$servers "$@" 3<&-
