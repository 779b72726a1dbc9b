// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <initializer_list>

#include "base/hash.h"
#include "schemas/alert_subject.h"
#include "schemas/event.h"

namespace schemas {

namespace {

// A key longer than this is replaced by its digest. Kubernetes' names have at most 253 characters; label values are
// unbounded.
constexpr std::size_t kLongestKey = 768;

struct WorkloadLabel {
  std::string_view label;
  std::string_view kind;
};

// The most lasting first: pods come and go under their workload. Prometheus' own `job` names a scrape configuration, so
// the Kubernetes Job has `job_name`.
constexpr std::array<WorkloadLabel, 5> kWorkloads = {{{"deployment", "deployment"},
                                                      {"statefulset", "statefulset"},
                                                      {"daemonset", "daemonset"},
                                                      {"job_name", "job"},
                                                      {"pod", "pod"}}};

// Robusta's order: what it takes an alert to be about.
constexpr std::array<WorkloadLabel, 7> kSubjects = {{{"deployment", "deployment"},
                                                     {"daemonset", "daemonset"},
                                                     {"statefulset", "statefulset"},
                                                     {"node", "node"},
                                                     {"pod", "pod"},
                                                     {"job_name", "job"},
                                                     {"horizontalpodautoscaler", "horizontalpodautoscaler"}}};

// Where a label of the target met one of the series, Prometheus kept the series' own as exported_<name>
// (https://prometheus.io/docs/prometheus/latest/configuration/configuration/, honor_labels).
std::string_view own_label(const Labels& labels, std::string_view name) {
  const std::string& exported = value_of(labels, "exported_" + std::string(name));
  return exported.empty() ? value_of(labels, name) : exported;
}

// kube-state-metrics speaks of other objects; its own pod in an alert is who measured.
bool is_scraper(std::string_view name) { return name.find("kube-state-metrics") != std::string_view::npos; }

std::string join(std::initializer_list<std::string_view> parts) {
  std::string key;
  for (std::string_view part : parts) {
    key += part;
    key += '/';
  }
  key.pop_back();
  if (key.size() <= kLongestKey) return key;
  return std::string(parts.begin()->substr(0, 64)) + "/" + base::derive_id(parts);
}

}  // namespace

std::string subject_of(std::string_view cluster, const Alert& alert) {
  std::string_view name_space = own_label(alert.labels, "namespace");
  for (const WorkloadLabel& workload : kWorkloads) {
    std::string_view name = own_label(alert.labels, workload.label);
    // Without its namespace a name may stand for several objects.
    if (!name.empty() && !name_space.empty() && !is_scraper(name))
      return join({cluster, name_space, workload.kind, name});
  }
  std::string_view node = own_label(alert.labels, "node");
  if (!node.empty()) return join({cluster, "node", node});
  return join({cluster, "fingerprint", alert.fingerprint.empty() ? fingerprint(alert.labels) : alert.fingerprint});
}

Subject alert_subject(const Alert& alert) {
  Subject subject;
  subject.name_space = own_label(alert.labels, "namespace");
  subject.node = own_label(alert.labels, "node");
  subject.container = own_label(alert.labels, "container");
  subject.labels = alert.labels;
  subject.annotations = alert.annotations;
  for (const WorkloadLabel& candidate : kSubjects) {
    std::string_view name = own_label(alert.labels, candidate.label);
    if (name.empty() || is_scraper(name)) continue;
    subject.kind = candidate.kind;
    subject.name = name;
    break;
  }
  return subject;
}

}  // namespace schemas
