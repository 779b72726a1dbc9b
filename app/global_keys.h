// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/yaml/node.h"
#include "base/yaml/problems.h"

namespace app {

// Complains about the keys of globalConfig that nobody reads. It is free form: every action takes options that it isn't
// given from there, Robusta's own too. So a key that is nearly one of ours is an error, any other is a warning, and
// those that Robusta's configurations have are passed over.
void check_global_keys(const base::yaml::Node& global, base::yaml::Problems& problems);

}  // namespace app
