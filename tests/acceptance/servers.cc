// SPDX-License-Identifier: Apache-2.0
#include "tests/acceptance/servers.h"

#include "tests/harness/http_call.h"

namespace acceptance {
namespace {

constexpr const char* kPrometheus = "prometheus";
constexpr const char* kAlertmanager = "prometheus-alertmanager";

std::string at(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

std::string rules() {
  return R"(groups:
  - name: victims
    rules:
      - alert: VictimDown
        expr: up{job="victim"} == 0
        labels:
          severity: critical
        annotations:
          summary: The victim at {{ $labels.instance }} does not answer.
)";
}

std::string prometheus_config(std::uint16_t victim_port, std::uint16_t alertmanager_port,
                              const std::string& rule_file) {
  return "global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\n  evaluation_interval: 1s\n"
         "rule_files: ['" +
         rule_file +
         "']\n"
         "alerting:\n  alertmanagers:\n    - static_configs:\n        - targets: ['" +
         at(alertmanager_port) +
         "']\n"
         "scrape_configs:\n  - job_name: victim\n    static_configs:\n      - targets: ['" +
         at(victim_port) + "']\n";
}

std::string alertmanager_config(std::string_view webhook_url, std::string_view repeat) {
  return "route:\n  receiver: tocsin\n  group_by: [alertname]\n  group_wait: 0s\n  group_interval: 1s\n"
         "  repeat_interval: " +
         std::string(repeat) +
         "\n"
         "receivers:\n  - name: tocsin\n    webhook_configs:\n      - url: " +
         std::string(webhook_url) + "\n";
}

}  // namespace

std::string what_is_missing() {
  std::string missing;
  for (const char* name : {kPrometheus, kAlertmanager}) {
    if (harness::find_program(name).empty()) missing += std::string(missing.empty() ? "" : ", ") + name;
  }
  return missing.empty() ? "" : missing + " not installed (Debian packages of the same name)";
}

Alertmanager::Alertmanager(std::string_view webhook_url, std::string_view repeat) : port_(harness::free_port()) {
  std::string config = dir_.write("alertmanager.yml", alertmanager_config(webhook_url, repeat));
  process_.emplace(
      std::vector<std::string>{kAlertmanager, "--config.file=" + config, "--storage.path=" + dir_.path() + "/data",
                               "--web.listen-address=" + at(port_), "--cluster.listen-address="},
      dir_.path() + "/log");
}

bool Alertmanager::fire(std::string_view name) const {
  std::string alerts = R"([{"labels":{"alertname":")" + std::string(name) + R"("}}])";
  return harness::http_post(port_, "/api/v2/alerts", alerts).is_success();
}

bool Alertmanager::is_ready() const { return harness::http_get(port_, "/-/ready").is_success(); }

Prometheus::Prometheus(std::uint16_t victim_port, std::uint16_t alertmanager_port) : port_(harness::free_port()) {
  std::string rule_file = dir_.write("rules.yml", rules());
  std::string config = dir_.write("prometheus.yml", prometheus_config(victim_port, alertmanager_port, rule_file));
  process_.emplace(
      std::vector<std::string>{kPrometheus, "--config.file=" + config, "--storage.tsdb.path=" + dir_.path() + "/data",
                               "--web.listen-address=" + at(port_), "--web.external-url=" + url()},
      dir_.path() + "/log");
}

bool Prometheus::is_ready() const { return harness::http_get(port_, "/-/ready").is_success(); }

bool Prometheus::has_result(std::string_view query) const {
  harness::Answer answer = harness::http_get(port_, "/api/v1/query?query=" + std::string(query));
  return answer.is_success() && answer.body.find("\"metric\"") != std::string::npos;
}

}  // namespace acceptance
