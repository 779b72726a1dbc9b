// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>

namespace bus::stage {

// Called at named moments; may end the process.
using Failpoint = std::function<void(std::string_view)>;

}  // namespace bus::stage
