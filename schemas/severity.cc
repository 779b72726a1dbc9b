// SPDX-License-Identifier: Apache-2.0
#include "schemas/severity.h"

#include <algorithm>
#include <array>

#include "schemas/codec/names.h"

namespace schemas {

namespace {

struct LabelName {
  std::string_view label;
  Severity severity;
};

constexpr std::array<LabelName, 9> kLabelNames = {{{"critical", Severity::kCritical},
                                                   {"high", Severity::kHigh},
                                                   {"error", Severity::kHigh},
                                                   {"medium", Severity::kMedium},
                                                   {"warning", Severity::kLow},
                                                   {"low", Severity::kLow},
                                                   {"info", Severity::kInfo},
                                                   {"none", Severity::kInfo},
                                                   {"debug", Severity::kDebug}}};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_in_any_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::string_view to_string(Severity severity) { return codec::name_of(severity); }

std::optional<Severity> parse_severity(std::string_view name) {
  const auto& names = codec::kNames<Severity>;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (equal_in_any_case(names[i], name)) return static_cast<Severity>(i);
  }
  return std::nullopt;
}

std::optional<Severity> severity_of_label(std::string_view label) {
  for (const LabelName& entry : kLabelNames) {
    if (equal_in_any_case(entry.label, label)) return entry.severity;
  }
  return std::nullopt;
}

}  // namespace schemas
