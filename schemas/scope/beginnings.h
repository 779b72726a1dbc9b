// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace schemas {

// What a text that matches a regex begins with, or is.
struct Beginning {
  std::string text;  // Not empty.
  bool is_whole = false;
  friend bool operator==(const Beginning&, const Beginning&) = default;
};

// Every text that an RE2 regex matches wholly has one of these beginnings: "prod|stage-.*" has "prod", whole, and
// "stage-". Empty: nothing is known, for the regex may begin with anything or is too manifold to say.
std::vector<Beginning> beginnings(std::string_view regex);

}  // namespace schemas
