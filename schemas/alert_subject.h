// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "schemas/event.h"
#include "schemas/finding.h"

namespace schemas {

// The value of a label as the series had it, or an empty text: where a label of the target met it, Prometheus kept it
// as exported_<name> (https://prometheus.io/docs/prometheus/latest/configuration/configuration/, honor_labels).
std::string_view own_label(const Labels& labels, std::string_view name);

// Whether an object's name is that of kube-state-metrics: it speaks of other objects, and its own pod in an alert is
// who measured.
bool is_scraper(std::string_view name);

// What an alert is about, as far as its labels say: deployment, statefulset, daemonset, job_name, pod,
// horizontalpodautoscaler or node, in this order; without any of them kind and name are empty. The node comes last: as
// a subject of pods' alerts it would make one incident of whatever runs on it.
Subject alert_subject(const Alert& alert);

}  // namespace schemas
