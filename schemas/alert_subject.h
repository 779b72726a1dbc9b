// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "schemas/event.h"
#include "schemas/finding.h"

namespace schemas {

// What an alert is about, as far as its labels say: deployment, daemonset, statefulset, node, pod, job_name or
// horizontalpodautoscaler, in this order; without any of them kind and name are empty. Reads labels as subject_of does.
Subject alert_subject(const Alert& alert);

}  // namespace schemas
