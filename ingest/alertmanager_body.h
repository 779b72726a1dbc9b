// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "schemas/event.h"

namespace ingest {

// What intake needs to know of a webhook body before it is stored.
struct BodySummary {
  std::string source;  // "alertmanager" or "grafana".
  std::string group_key;
  std::size_t alerts = 0;
  std::size_t shared_bytes = 0;  // What is said once for all alerts, and goes with the event of each.
};

// Checks that a body is a whole JSON document of Alertmanager's webhook version 4 or of Grafana's variant of it
// (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config). Does not look into the alerts. Fails with
// kBadRequest, saying what was expected. Thread-safe.
base::Result<BodySummary> summarize(std::string_view body);

// Whether the events of a body are few and small enough to be put out at once. Fails with kTooLarge, saying what is too
// much. Thread-safe.
base::Result<void> check_growth(const BodySummary& summary);

// An alert that has a wrong shape, with everything of the body that is needed to try it again.
struct BadAlert {
  std::string body;  // The webhook body with this alert alone.
  base::Error error;
};

// The alerts of a body, good and bad.
struct ParsedBody {
  std::vector<schemas::Alert> alerts;
  std::vector<BadAlert> bad;
};

// Reads the alerts of a body that summarize() accepted: one that is wrong does not cost the others. An alert needs
// labels of text and a start; a missing fingerprint is computed; labels that start with "__" are Grafana's own and left
// out. Fails with kTooLarge where the alerts, good or bad, would be too much to put out at once. Thread-safe.
base::Result<ParsedBody> parse_alerts(std::string_view body);

}  // namespace ingest
