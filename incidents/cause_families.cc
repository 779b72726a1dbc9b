// SPDX-License-Identifier: Apache-2.0
#include "incidents/cause_families.h"

#include <cstdlib>

#include "base/log.h"
#include "base/yaml/parse.h"

namespace incidents {

namespace {

CauseFamilies read_built_in() {
  base::yaml::Problems problems;
  CauseFamilies families = CauseFamilies::read(cause_families_yaml(), problems);
  if (!problems.has_errors()) return families;
  for (const auto& problem : problems.sorted()) {
    base::log::error("incidents: the built-in cause families are broken",
                     {{"problem", to_string(problem, "cause_families.yaml")}});
  }
  std::abort();
}

}  // namespace

CauseFamilies CauseFamilies::read(std::string_view yaml, base::yaml::Problems& problems) {
  CauseFamilies read;
  base::yaml::Node root = base::yaml::parse(
      yaml, [](const std::string&) -> std::optional<std::string> { return std::nullopt; }, problems);
  if (!root.is_mapping()) problems.error(root.mark, "expected a mapping of families to lists of names");
  for (const auto& family : root.entries) {
    if (!family.value.is_sequence()) problems.error(family.key_mark, "expected a list of names");
    for (const auto& name : family.value.items) {
      if (!name.is_scalar()) {
        problems.error(name.mark, "expected a name");
      } else if (!read.families_.emplace(name.scalar, family.key).second) {
        problems.error(name.mark, "'" + name.scalar + "' already stands in a list");
      }
    }
  }
  return read;
}

const CauseFamilies& CauseFamilies::built_in() {
  static const CauseFamilies kFamilies = read_built_in();
  return kFamilies;
}

std::string_view CauseFamilies::family_of(std::string_view name) const {
  auto found = families_.find(name);
  return found == families_.end() ? name : std::string_view(found->second);
}

}  // namespace incidents
