// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/deadline.h"
#include "base/result.h"
#include "base/task.h"
#include "enrichers/graph/prometheus.h"
#include "schemas/event.h"

namespace enrichers {

// The PromQL expression that an alert is made of: from its generator URL where that has it as Prometheus
// and VictoriaMetrics write it (g0.expr=...), else from the rule of its name whose labels it has, asked of Prometheus.
// The arguments must outlive the call.
base::Task<base::Result<std::string>> find_alert_expression(const schemas::Alert& alert, const Prometheus& prometheus,
                                                            base::Deadline deadline);

}  // namespace enrichers
