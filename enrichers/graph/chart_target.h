// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "schemas/event.h"

namespace enrichers {

// What an alert's labels name of the things that resource charts are drawn of; empty where they don't say.
struct ChartTarget {
  std::string name_space;
  std::string pod;
  std::string container;
  std::string node;
  std::string host;  // Of `instance`, without its port: where what was measured runs.
};

// Labels of kube-state-metrics' own pod name no target.
ChartTarget target_of(const schemas::Alert& alert);

}  // namespace enrichers
