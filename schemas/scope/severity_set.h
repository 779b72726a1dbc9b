// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/yaml/node.h"
#include "base/yaml/problems.h"
#include "schemas/scope/pattern.h"
#include "schemas/severity.h"

namespace schemas {

// The severities that one value of a scope's `severity` stands for: "HIGH" and regexes as in Robusta, whose four levels
// say HIGH where we say CRITICAL, and MEDIUM unless the file names that; "=HIGH", ">=LOW", "<=LOW" exactly.
class SeveritySet {
 public:
  // Problems: what stands for no severity at all.
  static std::optional<SeveritySet> read(const base::yaml::Node& node, Pattern::Extent extent, bool medium_is_named,
                                         base::yaml::Problems& problems);

  static SeveritySet all() {
    SeveritySet set;
    set.bits_ = 0xFF;
    return set;
  }

  bool has(Severity severity) const { return (bits_ & bit(severity)) != 0; }
  void add(SeveritySet other) { bits_ = static_cast<std::uint8_t>(bits_ | other.bits_); }

 private:
  static std::uint8_t bit(Severity severity) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(severity));
  }

  std::uint8_t bits_ = 0;
};

}  // namespace schemas
