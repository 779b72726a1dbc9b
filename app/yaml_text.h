// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace app {

// A JSON value as YAML, in blocks. Text is quoted unless it can only be read as text.
std::string to_yaml(const nlohmann::json& value);

}  // namespace app
