# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by bench/run.sh and bench/kafka.sh: medians, and the table that they end with. Wants `work`, their directory.

median() { sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
column() { awk -v n="$2" '{ print $n }' "$work/$1" | median; } # FILE N

rows=()
row() { rows+=("$(printf '%s|%s|%s|%s|%s|%s' "$@")"); } # NAME OURS THEIRS GOAL UNIT WHOSE

print_table() {
  local line name our their goal unit whose
  printf '\n%-32s %12s %12s %-9s %9s  %-8s %-8s against\n' "(medians)" "tocsin" "the other" "" "ratio" "goal" ""
  for line in "${rows[@]}"; do
    IFS='|' read -r name our their goal unit whose <<< "$line"
    awk -v name="$name" -v our="$our" -v their="$their" -v goal="$goal" -v unit="$unit" -v whose="$whose" 'BEGIN {
      ratio = their > 0 ? our / their : 0
      split(goal, g, " ")
      verdict = g[1] == ">=" ? (ratio >= g[2] ? "met" : "not met") : g[1] == "<=" ? (ratio <= g[2] ? "met" : "not met") : ""
      printf "%-32s %12.1f %12.1f %-9s %8.2fx  %-8s %-8s %s\n", name, our, their, unit, ratio, goal, verdict, whose
    }'
  done
}
