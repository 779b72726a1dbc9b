// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "schemas/delivery.h"

namespace fakes::slack {

// Something that an on-call engineer gets to see.
struct Sample {
  std::string name;         // "crash-loop"
  schemas::Delivery shown;  // Whose finding brings the evidence.
  schemas::Delivery told;   // What is told now: the same delivery, or a later one of the incident.
};

// One of every kind that comes without configuration, and of what playbooks add: an alert as it comes, with a graph,
// with logs and tables, repeated, resolved, ended by silence, reopened; a node's, a target's; evidence that is missing;
// an analysis by a model; a digest; hostile and very long texts.
std::vector<Sample> samples();

}  // namespace fakes::slack
