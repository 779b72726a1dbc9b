#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/run.sh PRESET ordinary|integration|soak
# Runs the tests of a built preset and ends with what was skipped, by name and with the reason.
#
# A test skips itself with GTEST_SKIP() << "reason", or, if it is no GoogleTest program, by printing
# "SKIPPED: name: reason" and leaving with 77 (SKIP_RETURN_CODE).
set -euo pipefail
cd "$(dirname "$0")/.."

preset=${1:?usage: tests/run.sh PRESET ordinary|integration|soak}
case "${2:-ordinary}" in
  ordinary) select=(-LE '^(integration|soak)$') ;;
  integration) select=(-L '^integration$') ;;
  soak) select=(-L '^soak$') ;;
  *) echo "tests/run.sh: unknown kind of tests '$2'" >&2; exit 2 ;;
esac

# Without llvm-symbolizer the sanitizers' reports have no names; binutils' addr2line, which is always there, will do.
symbolizer=$(command -v llvm-symbolizer-16 || command -v llvm-symbolizer || command -v addr2line || true)
export TSAN_OPTIONS="suppressions=$PWD/tests/thread_sanitizer.supp external_symbolizer_path=$symbolizer ${TSAN_OPTIONS:-}"
export ASAN_OPTIONS="external_symbolizer_path=$symbolizer ${ASAN_OPTIONS:-}"
export UBSAN_OPTIONS="external_symbolizer_path=$symbolizer print_stacktrace=1 ${UBSAN_OPTIONS:-}"

dir=build/$preset
log=$dir/Testing/Temporary/LastTest.log
rm -f "$log"
status=0
# In quarters of a processor: cmake/house.cmake.
ctest --test-dir "$dir" "${select[@]}" --output-on-failure --parallel $(($(nproc) * 4)) </dev/null || status=$?

if [ -f "$log" ]; then
  # GoogleTest prints "file:line: Skipped", the reason on the next line, then "[  SKIPPED ] Suite.Name (0 ms)".
  awk '
    /^SKIPPED: / { skipped[$0] = 1; next }
    /: Skipped$/ { getline reason; next }
    /^\[  SKIPPED \] .* \([0-9]+ ms\)$/ { skipped["SKIPPED: " $4 ": " reason] = 1; reason = "no reason given" }
    END { for (line in skipped) { print line; n++ } print n + 0 " skipped" }' "$log" | sort
fi
exit "$status"
