// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "base/options/option_table.h"
#include "schemas/severity.h"

namespace enrichers {

// Adds the option `severity` to a table.
template <class Options>
void add_severity(base::OptionTable<Options>& table, std::optional<schemas::Severity> Options::*field,
                  const std::string& doc) {
  using schemas::Severity;
  table.choice("severity", field, doc,
               {{"DEBUG", std::optional(Severity::kDebug)},
                {"INFO", std::optional(Severity::kInfo)},
                {"LOW", std::optional(Severity::kLow)},
                {"MEDIUM", std::optional(Severity::kMedium)},
                {"HIGH", std::optional(Severity::kHigh)},
                {"CRITICAL", std::optional(Severity::kCritical)}});
}

}  // namespace enrichers
