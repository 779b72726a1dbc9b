// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml/node.h"
#include "base/yaml/problems.h"
#include "schemas/scope/beginnings.h"

namespace re2 {
class RE2;
}

namespace schemas {

// A regex of a scope, or plain text where that says the same: most are plain, and a compiled regex costs some KB.
// Immutable and thread-safe; copies share.
class Pattern {
 public:
  enum class Extent { kWhole, kStart };
  enum class Case { kMatters, kIgnored };

  // `node` is the place for problems and `text`, a part of it, the regex. Problems: it doesn't compile or is too large.
  static std::optional<Pattern> read(const base::yaml::Node& node, std::string_view text, Extent extent, Case letters,
                                     base::yaml::Problems& problems);
  // Equal to `text`.
  static Pattern exact(std::string_view text);

  bool matches(std::string_view text) const;
  // The same, with what the regex's groups caught, in their order; a group that caught nothing is empty. nullopt: no
  // match.
  std::optional<std::vector<std::string>> groups(std::string_view text) const;
  // See schemas/scope/beginnings.h.
  std::vector<Beginning> beginnings() const;

 private:
  Pattern() = default;

  Extent extent_ = Extent::kWhole;
  Case letters_ = Case::kMatters;
  std::string literal_;                    // Without a regex.
  std::shared_ptr<const re2::RE2> regex_;  // Null: `literal_` decides.
};

}  // namespace schemas
