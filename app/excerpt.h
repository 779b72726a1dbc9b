// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/yaml/node.h"

namespace app {

// The line that a mark points at, and below it a caret under the column; empty for a mark outside of the text. Of a
// long line, what stands around the column.
std::string excerpt(std::string_view text, base::yaml::Mark mark);

}  // namespace app
