// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/yaml/problems.h"

namespace incidents {

// Which names say the same cause (cause_families.yaml, which is built into the program). Immutable.
class CauseFamilies {
 public:
  // Problems: not a mapping of lists of texts, or a name in two lists.
  static CauseFamilies read(std::string_view yaml, base::yaml::Problems& problems);
  // The table that was built in; read once, at the first call.
  static const CauseFamilies& built_in();

  // The family of an alert's name or a reason; a name that no list has is its own family.
  std::string_view family_of(std::string_view name) const;
  std::size_t size() const { return families_.size(); }

 private:
  std::map<std::string, std::string, std::less<>> families_;  // By name.
};

// The text of cause_families.yaml.
std::string_view cause_families_yaml();

}  // namespace incidents
