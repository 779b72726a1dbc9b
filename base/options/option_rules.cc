// SPDX-License-Identifier: Apache-2.0
#include "base/options/option_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/options/value_types.h"

namespace base::options {

namespace {

std::string listed(const std::vector<std::string>& names, std::string_view last_separator) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? last_separator : ", ";
    text += names[i];
  }
  return text;
}

}  // namespace

std::string schema_with_bounds(const std::string& schema, const OptionRule& rule) {
  if (!rule.at_least && !rule.at_most) return schema;
  auto json = nlohmann::ordered_json::parse(schema);
  if (rule.at_least) json["minimum"] = *rule.at_least;
  if (rule.at_most) json["maximum"] = *rule.at_most;
  return json.dump();
}

std::string bounds_text(const OptionRule& rule) {
  if (rule.at_least && rule.at_most) return fmt::format(" From {} to {}.", *rule.at_least, *rule.at_most);
  if (rule.at_least) return fmt::format(" At least {}.", *rule.at_least);
  return rule.at_most ? fmt::format(" At most {}.", *rule.at_most) : "";
}

void check_bounds(double value, const OptionRule& rule, const std::string& key, const std::string& set,
                  const yaml::Node& node, yaml::Problems& problems) {
  auto report = [&](std::string_view side, double bound) {
    problems.error(node.mark, fmt::format("'{}' in {} must be {} {}, found {}", key, set, side, bound, shown(node)));
  };
  if (rule.at_least && value < *rule.at_least) report("at least", *rule.at_least);
  if (rule.at_most && value > *rule.at_most) report("at most", *rule.at_most);
}

void report_empty(const std::string& key, const std::string& set, const yaml::Node& node, yaml::Problems& problems) {
  problems.error(node.mark, fmt::format("'{}' in {} must not be empty", key, set));
}

void report_no_list(const std::string& key, const std::string& set, const yaml::Node& node, yaml::Problems& problems) {
  problems.error(node.mark, fmt::format("'{}' in {} must be a list, found {}", key, set, shown(node)));
}

void describe_choice(const std::vector<std::string>& names, OptionSpec& spec) {
  std::vector<std::string> quoted;
  for (const std::string& name : names) quoted.push_back(fmt::format("`{}`", name));
  spec.type = listed(quoted, " or ");
  spec.schema = nlohmann::json{{"enum", names}}.dump();
}

std::optional<std::size_t> read_choice(const std::vector<std::string>& names, const std::string& key,
                                       const yaml::Node& node, yaml::Problems& problems) {
  if (node.is_scalar()) {
    auto found = std::find(names.begin(), names.end(), node.scalar);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  }
  std::string help = node.is_scalar() && !node.from_environment ? yaml::suggest(node.scalar, names) : "";
  if (!help.empty()) help = "; " + help;
  problems.error(node.mark,
                 fmt::format("{} is not a valid '{}': expected {}{}", shown(node), key, listed(names, " or "), help));
  return std::nullopt;
}

OptionSpec secret_file_spec(const OptionSpec& secret) {
  OptionSpec spec;
  spec.key = secret.file_key;
  spec.type = "path";
  spec.schema = R"({"type":"string"})";
  spec.doc = fmt::format("A file that holds `{}`.", secret.key);
  return spec;
}

OptionSpec nested_spec(const std::string& key, const OptionSet& set, const std::string& doc, const OptionRule& rule) {
  OptionSpec spec;
  spec.key = key;
  spec.type = "mapping";
  auto schema = nlohmann::ordered_json::parse(set.json_schema());
  schema.erase("$schema");  // Belongs to the root of a schema only.
  spec.schema = schema.dump();
  spec.doc = doc;
  spec.required = rule.required;
  spec.nested = &set;
  return spec;
}

OptionSpec list_spec(const std::string& key, const OptionSet& set, const std::string& doc, const OptionRule& rule) {
  OptionSpec spec = nested_spec(key, set, doc, rule);
  spec.type = "list of mappings";
  spec.schema = fmt::format(R"({{"type":"array","items":{}}})", spec.schema);
  return spec;
}

}  // namespace base::options
