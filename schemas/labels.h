// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

namespace schemas {

// Labels or annotations, ordered by name: equal sets print and hash alike.
using Labels = std::map<std::string, std::string, std::less<>>;

// The value of a label, or the empty string, as PromQL has it.
inline const std::string& value_of(const Labels& labels, std::string_view name) {
  static const std::string kMissing;
  auto it = labels.find(name);
  return it == labels.end() ? kMissing : it->second;
}

// Alertmanager's fingerprint of a label set: FNV-1a 64 over sorted names and values, 16 hex digits
// (prometheus/common model.LabelSet.Fingerprint).
std::string fingerprint(const Labels& labels);

}  // namespace schemas
