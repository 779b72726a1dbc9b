#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Photographs messages as Slack shows them, for docs/images. `sinks_test --gtest_filter=SlackMessages.*` writes messages
# and the chart to build/dev/slack; needs chromium, and fonts with emoji (fonts-noto-color-emoji).
#
#   docs/slack/render.sh [FOLDER [NAME ...]]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
from=${1:-$here/../../build/dev/slack}
shift || true
names=("$@")
[ ${#names[@]} -gt 0 ] || names=(crash-loop crash-loop-resolved alert-missing-graph analysis digest summary buttons acknowledged)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

browse() {
  chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --user-data-dir="$work/profile" --hide-scrollbars "$@" 2>/dev/null
}

for name in "${names[@]}"; do
  page=$work/$name.html
  # In front of the drawing script: the message, with nothing in it that would end the script.
  {
    sed '/^<script>$/,$d' "$here/page.html"
    printf '<script>const message = %s;\nconst chart = "file://%s";</script>\n' \
      "$(sed 's/</\\u003c/g' "$from/$name.json")" "$(cd "$from" && pwd)/chart.png"
    sed -n '/^<script>$/,$p' "$here/page.html"
  } >"$page"
  height=$(browse --dump-dom "file://$page" | sed -n 's/.*<html[^>]*data-height="\([0-9]*\)".*/\1/p' | head -1)
  browse --window-size=760,"${height:-1000}" --force-device-scale-factor=1 --screenshot="$here/../images/slack-$name.png" "file://$page"
  echo "docs/images/slack-$name.png (${height:-?} pixels high)"
done
