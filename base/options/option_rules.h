// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/options/option_set.h"

namespace base {

// What a value must be besides of its type.
struct OptionRule {
  bool required = false;
  std::optional<double> at_least;  // Both ends allowed; durations in seconds.
  std::optional<double> at_most;
};

inline constexpr OptionRule kRequired{.required = true};

namespace options {

// The parts of OptionTable that don't depend on types. `set` is the name of the table, for error texts.

std::string schema_with_bounds(const std::string& schema, const OptionRule& rule);
// " At least 1, at most 10.", or nothing.
std::string bounds_text(const OptionRule& rule);
void check_bounds(double value, const OptionRule& rule, const std::string& key, const std::string& set,
                  const yaml::Node& node, yaml::Problems& problems);
void report_empty(const std::string& key, const std::string& set, const yaml::Node& node, yaml::Problems& problems);
void report_no_list(const std::string& key, const std::string& set, const yaml::Node& node, yaml::Problems& problems);

// Sets type and schema.
void describe_choice(const std::vector<std::string>& names, OptionSpec& spec);
// The index of the name, or a problem.
std::optional<std::size_t> read_choice(const std::vector<std::string>& names, const std::string& key,
                                       const yaml::Node& node, yaml::Problems& problems);

// All but `read`.
OptionSpec secret_file_spec(const OptionSpec& secret);
OptionSpec nested_spec(const std::string& key, const OptionSet& set, const std::string& doc, const OptionRule& rule);
OptionSpec list_spec(const std::string& key, const OptionSet& set, const std::string& doc, const OptionRule& rule);

}  // namespace options
}  // namespace base
