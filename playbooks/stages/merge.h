// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "enrichers/action.h"
#include "schemas/finding.h"

namespace playbooks {

// Adds what an action contributed to the finding. What is there already, word for word, is not added again: two
// playbooks may ask for the same evidence.
void merge(enrichers::Contribution contribution, const std::string& action, schemas::Finding& finding);

}  // namespace playbooks
