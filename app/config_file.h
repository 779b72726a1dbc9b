// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"

namespace app {

// The text of a configuration file. The error says why it can't be read, and leaves the path to the caller.
base::Result<std::string> read_config_file(const std::string& path);

// kBadRequest with what errno says.
base::Error unreadable(int error_number);

}  // namespace app
