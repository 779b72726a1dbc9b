// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "tests/tidy/source_tree.h"

namespace tidy {

// Folder to the folders that it links, as cmake/house.cmake wrote them to layers.txt.
using Layers = std::map<std::string, std::set<std::string>, std::less<>>;
Layers parse_layers(std::string_view text);

// The links themselves: a folder may link only folders of lower layers, so siblings never see each other.
Violations check_links(const Layers& layers);

// A product folder includes only itself and what it links; nothing includes tests or bench from outside them.
Violations check_includes(const Files& files, const Layers& layers);

// No header includes itself, not even by way of others. x.h and x_inl.h, which holds its templates, count as one.
Violations check_include_cycles(const Files& files);

// Libraries that one folder hides from all others; what is expensive to compile stays rare.
Violations check_third_party(const Files& files);

}  // namespace tidy
