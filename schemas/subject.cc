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

struct SubjectLabel {
  std::string_view label;
  std::string_view kind;
};

// The most lasting first: pods come and go under their workload. Prometheus' own `job` names a scrape configuration, so
// the Kubernetes Job has `job_name`. The node comes last, for a pod's alert may say where the pod runs.
constexpr std::array<SubjectLabel, 7> kSubjects = {{{"deployment", "deployment"},
                                                    {"statefulset", "statefulset"},
                                                    {"daemonset", "daemonset"},
                                                    {"job_name", "job"},
                                                    {"pod", "pod"},
                                                    {"horizontalpodautoscaler", "horizontalpodautoscaler"},
                                                    {"node", "node"}}};

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

// Kind, name and namespace of the object that the labels speak of.
Subject named_object(const Labels& labels) {
  Subject subject;
  subject.name_space = own_label(labels, "namespace");
  for (const SubjectLabel& candidate : kSubjects) {
    std::string_view name = own_label(labels, candidate.label);
    if (name.empty() || is_scraper(name)) continue;
    subject.kind = candidate.kind;
    subject.name = name;
    break;
  }
  return subject;
}

}  // namespace

std::string_view own_label(const Labels& labels, std::string_view name) {
  const std::string& exported = value_of(labels, "exported_" + std::string(name));
  return exported.empty() ? value_of(labels, name) : exported;
}

bool is_scraper(std::string_view name) { return name.find("kube-state-metrics") != std::string_view::npos; }

std::string subject_of(std::string_view cluster, const Alert& alert) {
  Subject subject = named_object(alert.labels);
  if (subject.kind == "node") return join({cluster, "node", subject.name});
  // Without its namespace a name may stand for several objects.
  bool is_known = !subject.kind.empty() && !subject.name_space.empty();
  if (is_known) return join({cluster, subject.name_space, subject.kind, subject.name});
  return join({cluster, "fingerprint", alert.fingerprint.empty() ? fingerprint(alert.labels) : alert.fingerprint});
}

Subject alert_subject(const Alert& alert) {
  Subject subject = named_object(alert.labels);
  subject.node = own_label(alert.labels, "node");
  subject.container = own_label(alert.labels, "container");
  subject.labels = alert.labels;
  subject.annotations = alert.annotations;
  return subject;
}

}  // namespace schemas
