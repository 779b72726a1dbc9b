// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "schemas/transition.h"

namespace sinks {

// One way to make a transition smaller. step() takes a bite, about half of what it can give, and returns false once
// there is nothing left that it would take.
struct Cut {
  std::string what;  // For people: "files shortened".
  std::function<bool(schemas::Transition& transition)> step;
};

// All of them, in the order in which they hurt least (see encode_within()).
const std::vector<Cut>& cuts();

}  // namespace sinks
