// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/yaml/node.h"

namespace playbooks {

// The text of playbooks/builtin.yaml.
extern const std::string_view kBuiltinYaml;

// It as a tree, without marks: it stands in no file of the user's. A mistake in it terminates.
base::yaml::Node builtin_playbooks();

}  // namespace playbooks
