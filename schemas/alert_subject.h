// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "schemas/event.h"
#include "schemas/finding.h"

namespace schemas {

// What an alert is about, as far as its labels say: deployment, statefulset, daemonset, job_name, pod,
// horizontalpodautoscaler or node, in this order; without any of them kind and name are empty. The node comes last: as
// a subject of pods' alerts it would make one incident of whatever runs on it.
Subject alert_subject(const Alert& alert);

}  // namespace schemas
