// SPDX-License-Identifier: Apache-2.0
#include "tests/acceptance/alert_bodies.h"

#include <nlohmann/json.hpp>

namespace acceptance {

using nlohmann::json;

json alert(const std::string& fingerprint, bool resolved) {
  return {{"status", resolved ? "resolved" : "firing"},
          {"labels", {{"alertname", "Load"}, {"severity", "critical"}, {"id", fingerprint}}},
          {"annotations", {{"summary", "An alert of a test."}}},
          {"startsAt", "2026-01-02T03:04:05.678Z"},
          {"endsAt", resolved ? "2026-01-02T03:14:05.678Z" : "0001-01-01T00:00:00Z"},
          {"generatorURL", ""},
          {"fingerprint", fingerprint}};
}

std::string body_of(const std::vector<json>& alerts, const std::string& group) {
  return json{{"version", "4"},
              {"groupKey", "{}:{group=\"" + group + "\"}"},
              {"truncatedAlerts", 0},
              {"status", "firing"},
              {"receiver", "tocsin"},
              {"groupLabels", json::object()},
              {"commonLabels", json::object()},
              {"commonAnnotations", json::object()},
              {"externalURL", "http://alertmanager.example:9093"},
              {"alerts", alerts}}
      .dump();
}

json transition_of(const harness::Received& request) {
  json transition = json::parse(request.body, nullptr, false);
  return transition.is_object() ? transition : json();
}

std::string config_with_webhook(const std::string& url) {
  return R"(clusterName: acceptance
customPlaybooks:
  - name: every alert
    triggers:
      - on_prometheus_alert: {}
    actions:
      - default_enricher: {}
sinksConfig:
  - webhook_sink:
      name: receiver
      url: )" +
         url + "\n";
}

}  // namespace acceptance
