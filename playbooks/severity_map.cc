// SPDX-License-Identifier: Apache-2.0
#include "playbooks/severity_map.h"

#include <algorithm>
#include <cctype>

namespace playbooks {

namespace {

const std::vector<std::string> kNames = {"DEBUG", "INFO", "LOW", "MEDIUM", "HIGH", "CRITICAL"};

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return result;
}

}  // namespace

SeverityMap read_severity_map(const base::yaml::Node& node, base::yaml::Problems& problems) {
  SeverityMap map;
  if (node.is_null()) return map;
  if (!node.is_mapping()) {
    problems.error(node.mark, "custom_severity_map must be a mapping of severity labels to severities");
    return map;
  }
  for (const auto& [key, key_mark, value] : node.entries) {
    auto severity = value.is_scalar() ? schemas::parse_severity(value.scalar) : std::nullopt;
    if (severity) {
      map[lower(key)] = *severity;
      continue;
    }
    std::string suggestion = value.is_scalar() ? base::yaml::suggest(value.scalar, kNames) : "";
    problems.error(value.mark, "custom_severity_map: '" + key +
                                   "' must be one of DEBUG, INFO, LOW, MEDIUM, HIGH, CRITICAL" +
                                   (suggestion.empty() ? "" : "; " + suggestion));
  }
  return map;
}

schemas::Severity severity_of(std::string_view label, const SeverityMap& custom) {
  if (auto it = custom.find(lower(label)); it != custom.end()) return it->second;
  return schemas::severity_of_label(label).value_or(schemas::Severity::kInfo);
}

}  // namespace playbooks
