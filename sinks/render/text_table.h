// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sinks/render/terminal.h"

namespace sinks {

// A table as aligned lines of at most `width` columns: numbers to the right, the widest columns cut first, a rule under
// the headers (none without headers). Rows may be shorter or longer than the headers. Requires: clean texts.
std::vector<std::string> table_lines(const std::vector<std::string>& headers,
                                     const std::vector<std::vector<std::string>>& rows, std::size_t width,
                                     const Paint& paint);

}  // namespace sinks
