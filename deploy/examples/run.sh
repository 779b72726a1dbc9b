#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Plays the recorded incident through the pipeline, shows what came of it, and stays up for webhooks.
# Usage: run.sh TOCSIN   (from the top of the tree; `make run` does it)
set -euo pipefail
tocsin=$1 examples=$(dirname "$0") data=run/data
export TOCSIN_LISTEN=${TOCSIN_LISTEN:-127.0.0.1:5000}
mkdir -p run

if [ ! -e "$data" ]; then
  echo "== Playing $examples/incident.jsonl, recorded from a real Prometheus and Alertmanager"
  "$tocsin" replay "$examples/incident.jsonl" --config "$examples/demo.yaml" --data-dir "$data" --pictures run/pictures
else
  echo "== $data is there from an earlier run; remove it to play the incident again"
fi
echo
echo "== tocsin findings list --data-dir $data"
"$tocsin" findings list --data-dir "$data"
echo
"$tocsin" findings list --data-dir "$data" -o json > run/findings.json
echo "== The same as JSON: run/findings.json. The graphs: $(ls -d run/pictures/*.png | head -n 1) and others beside it."
echo "== tocsin ledger --data-dir $data"
"$tocsin" ledger --data-dir "$data"
echo
echo "== Waiting for alerts at http://$TOCSIN_LISTEN/api/alerts until Ctrl-C. Point an Alertmanager's webhook there, or:"
echo "   curl -H 'Content-Type: application/json' --data @$examples/alert.json http://$TOCSIN_LISTEN/api/alerts"
exec "$tocsin" run --config "$examples/demo.yaml" --data-dir "$data"
