// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "sinks/body/template.h"

namespace sinks::body {

// A value as people read it: texts as they are, nothing for none, lists and mappings as JSON.
std::string plain(const nlohmann::json& value);

// A value as it stands in a body. `in_string`: within a string of JSON.
std::string written(const nlohmann::json& value, Escape escape, bool in_string);

}  // namespace sinks::body
