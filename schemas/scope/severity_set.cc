// SPDX-License-Identifier: Apache-2.0
#include "schemas/scope/severity_set.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

#include "base/options/value_types.h"

namespace schemas {

namespace {

constexpr std::array kAll = {Severity::kDebug,  Severity::kInfo, Severity::kLow,
                             Severity::kMedium, Severity::kHigh, Severity::kCritical};

enum class Form { kPlain, kExactly, kAtLeast, kAtMost };

struct Written {
  Form form = Form::kPlain;
  std::string_view name;
};

Written split(std::string_view text) {
  Written written{Form::kPlain, text};
  if (text.starts_with(">=")) {
    written = {Form::kAtLeast, text.substr(2)};
  } else if (text.starts_with("<=")) {
    written = {Form::kAtMost, text.substr(2)};
  } else if (text.starts_with("=")) {
    written = {Form::kExactly, text.substr(1)};
  }
  while (written.name.starts_with(' ')) written.name.remove_prefix(1);
  return written;
}

bool includes(Form form, Severity bound, Severity severity) {
  if (form == Form::kAtLeast) return severity >= bound;
  return form == Form::kAtMost ? severity <= bound : severity == bound;
}

void report(const base::yaml::Node& node, std::string_view name, base::yaml::Problems& problems) {
  std::vector<std::string> names;
  for (Severity severity : kAll) names.emplace_back(to_string(severity));
  std::string help = node.from_environment ? "" : base::yaml::suggest(name, names);
  if (help.empty()) help = "expected DEBUG, INFO, LOW, MEDIUM, HIGH or CRITICAL, '=HIGH', '>=LOW' or '<=LOW'";
  problems.error(node.mark, fmt::format("{} is not a severity: {}", base::options::shown(node), help));
}

}  // namespace

std::optional<SeveritySet> SeveritySet::read(const base::yaml::Node& node, Pattern::Extent extent, bool medium_is_named,
                                             base::yaml::Problems& problems) {
  auto [form, name] = split(node.scalar);
  SeveritySet set;
  if (form != Form::kPlain) {
    auto bound = parse_severity(name);
    for (Severity severity : kAll) {
      if (bound && includes(form, *bound, severity)) set.bits_ |= bit(severity);
    }
  } else {
    auto pattern = Pattern::read(node, name, extent, Pattern::Case::kIgnored, problems);
    if (!pattern) return std::nullopt;
    for (Severity severity : kAll) {
      if (pattern->matches(to_string(severity))) set.bits_ |= bit(severity);
    }
    if (set.has(Severity::kHigh)) set.bits_ |= bit(Severity::kCritical);
    if (set.has(Severity::kHigh) && !medium_is_named) set.bits_ |= bit(Severity::kMedium);
  }
  if (set.bits_ != 0) return set;
  report(node, name, problems);
  return std::nullopt;
}

}  // namespace schemas
