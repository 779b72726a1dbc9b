// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "base/yaml/node.h"

namespace base::options {

// What stands in a YAML file as JSON, for schemas: unquoted scalars are truth values and numbers where they read as
// such.
nlohmann::ordered_json to_json(const yaml::Node& node);

}  // namespace base::options
