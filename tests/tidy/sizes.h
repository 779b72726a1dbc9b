// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/tidy/source_tree.h"

namespace tidy {

// The numbers of CONTRIBUTING.md, in lines.
inline constexpr int kLongestFile = 500;
inline constexpr int kLongestFunction = 60;
inline constexpr int kMedianHeader = 80;

// Files and functions over their limit. A function may be longer with "// long: reason" on the line of its opening
// brace or the one above.
Violations check_sizes(const Files& files);

// The median header, once there are enough of them for a median to mean something.
Violations check_median_header(const Files& files);

}  // namespace tidy
