// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/options/option_set.h"

namespace base {

// One page of docs/reference/: a title, an introduction, a table of contents when there are several sections, and the
// section of each set in the order given. Markdown, ends with a line break, the same bytes for the same sets.
std::string reference_page(const std::string& title, const std::string& introduction,
                           const std::vector<const OptionSet*>& sets);

}  // namespace base
