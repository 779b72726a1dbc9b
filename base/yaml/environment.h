// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/yaml/parse.h"

namespace base::yaml {

// `{{ env.NAME }}` in a YAML text. Unquoted braces would be a mapping to YAML, so a reference is hidden from the parser
// behind a placeholder of the same number of bytes (marks stay right) made of characters that YAML takes as plain text,
// and replaced in the scalars afterwards: what the variable holds never meets the parser.

// Two noncharacters of Unicode (https://www.unicode.org/versions/corrigendum9.html) stand for the braces; parse()
// refuses a text that has them.
inline constexpr std::string_view kReferenceOpen = "\xEF\xB7\x90";   // U+FDD0
inline constexpr std::string_view kReferenceClose = "\xEF\xB7\x91";  // U+FDD1

// The text with every reference hidden. Same length.
std::string hide_references(std::string_view text);

// Hidden references written as `{{ env.NAME }}` again, for error texts.
std::string show_references(std::string_view text);

// A text with its references replaced.
struct Substituted {
  std::string text;
  bool any = false;    // There was a reference.
  bool whole = false;  // The text was one reference and nothing else.
};

// Replaces hidden references by the values of the variables; an unset one is a problem at `mark`.
Substituted substitute(std::string_view text, const Environment& environment, Mark mark, Problems& problems);

}  // namespace base::yaml
