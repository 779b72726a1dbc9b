// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/log_limit.h"
#include "base/metrics.h"
#include "base/task.h"
#include "bus/bus.h"
#include "net/http/server.h"

namespace ingest {

// POST /api/alerts: the webhook receiver that Alertmanager and Grafana send to.
//
// Answers 200 only when the body is durable on the bus; 400 for what is not a webhook body, and 413 for one that would
// become too much (check_growth()); 503 when the bus can't take it now, because Alertmanager tries 5xx again and gives
// up on anything else, 429 included. Does nothing else with the alerts: the splitter stage makes events of them.
// Thread-safe.
class AlertWebhook {
 public:
  // All outlive the webhook.
  AlertWebhook(bus::Bus& bus, const base::Clock& clock, base::Metrics& metrics);

  base::Task<net::http::ServerResponse> handle(net::http::ServerRequest request);

 private:
  void warn(const base::Error& error, const std::string& peer);

  bus::Bus& bus_;
  const base::Clock& clock_;
  prometheus::Counter& accepted_alerts_;
  prometheus::Counter& refused_bodies_;
  prometheus::Counter& oversized_bodies_;
  prometheus::Counter& postponed_bodies_;
  base::LogLimit lines_;  // By reason.
};

}  // namespace ingest
