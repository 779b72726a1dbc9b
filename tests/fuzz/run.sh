#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/fuzz/run.sh BUILD_DIR
# Runs every fuzzer for FUZZ_SECONDS (30), one for each processor at a time, and ends with a line for each. What libFuzzer
# finds worth keeping stays in BUILD_DIR/corpus for the next run, what broke in BUILD_DIR/found. Exit 1 if anything broke.
set -euo pipefail
cd "$(dirname "$0")/../.."

dir=${1:?usage: tests/fuzz/run.sh BUILD_DIR}
seconds=${FUZZ_SECONDS:-30}
found=$dir/found
mkdir -p "$found"

# A single input may take 10 seconds and 2 GB; inputs grow to 64 KB, which holds every seed.
fuzz() {
  local name=$1 log=$dir/fuzz_$1.log status=0
  shift
  mkdir -p "$dir/corpus/$name"
  "$dir/tests/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 -close_fd_mask=1 \
    -print_final_stats=1 -artifact_prefix="$found/$name-" "$dir/corpus/$name" "$@" >"$log" 2>&1 </dev/null || status=$?
  if [ "$status" -eq 0 ]; then
    awk -v name="$name" '/^stat::number_of_executed_units/ { runs = $2 } / cov: / { for (i = 1; i < NF; i++)
      if ($i == "cov:") edges = $(i + 1) } END { printf "fuzz: %-18s ok, %d inputs, %d edges\n", name, runs, edges }' "$log"
  else
    echo "fuzz: $name FAILED; the input is in $found:"
    tail -40 "$log"
  fi
  return "$status"
}

failed=0
running=0
while read -r name folders; do
  # shellcheck disable=SC2086  # Folders have no blanks.
  fuzz "$name" $folders &
  running=$((running + 1))
  if [ "$running" -ge "$(nproc)" ]; then
    wait -n || failed=1
    running=$((running - 1))
  fi
done < <(grep -v '^#' tests/fuzz/fuzzers.txt)
while [ "$running" -gt 0 ]; do
  wait -n || failed=1
  running=$((running - 1))
done
exit "$failed"
