// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/yaml/node.h"
#include "base/yaml/problems.h"

namespace base::yaml {

// Looks an environment variable up; nullopt when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

// Bounds against hostile or mistaken files.
struct Limits {
  std::size_t bytes = 16 * 1024 * 1024;
  std::size_t nodes = 1'000'000;  // After alias expansion: a "billion laughs" ends here.
  int depth = 64;
};

// Parses one YAML document. Replaces `{{ env.NAME }}` anywhere in a string, also in an unquoted one; the value is put
// in as text and can't change the structure. Expands aliases and merge keys (`<<`, own keys win). Problems: a syntax
// error (ends the file), a duplicate key, an unknown alias, more than one document, an unset variable, a bound
// exceeded. Returns what could be read; trust it only if `problems` has no errors.
Node parse(std::string_view text, const Environment& environment, Problems& problems, const Limits& limits = {});

}  // namespace base::yaml
