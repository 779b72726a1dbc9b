// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"

namespace base {

// Whether a file that a configuration names can be read by this process: kBadRequest, with the reason but not the path,
// if not. What is in it is not looked at.
Result<void> check_readable(const std::string& path);

}  // namespace base
