// SPDX-License-Identifier: Apache-2.0
#include "base/options/value_types.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace base::options {

namespace {

// A reference to the environment is text to an editor that checks a file against the schema.
constexpr std::string_view kReferencePattern = R"("pattern":"^\\{\\{ *env\\.[^}]*\\}\\}$")";

template <std::size_t N>
bool is_one_of(const std::string& text, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

// The letter cases that YAML 1.1 takes for a boolean (https://yaml.org/type/bool.html), without single letters.
constexpr std::array<std::string_view, 9> kTrue = {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"};
constexpr std::array<std::string_view, 9> kFalse = {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"};

bool wrong(const yaml::Node& node, yaml::Problems& problems, std::string_view expected) {
  std::string_view hint = node.is_scalar() && node.quoted && expected != "text" ? " (quotes make it text)" : "";
  problems.error(node.mark, fmt::format("{} is not {}{}", shown(node), expected, hint));
  return false;
}

template <class Number>
bool read_number(const yaml::Node& node, Number& value, yaml::Problems& problems, std::string_view expected) {
  if (!node.is_scalar() || node.quoted) return wrong(node, problems, expected);
  std::string_view text = node.scalar;
  if (text.starts_with('+')) text.remove_prefix(1);
  Number read{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), read);
  if (end != text.data() + text.size() || text.empty()) return wrong(node, problems, expected);
  if (error == std::errc::result_out_of_range) {
    problems.error(node.mark, fmt::format("{} is out of range", shown(node)));
    return false;
  }
  if (error != std::errc()) return wrong(node, problems, expected);
  value = read;
  return true;
}

}  // namespace

std::string shown(const yaml::Node& node) {
  constexpr std::size_t kLongest = 60;
  switch (node.kind) {
    case yaml::Node::Kind::kNull:
      return "nothing";
    case yaml::Node::Kind::kSequence:
      return "a list";
    case yaml::Node::Kind::kMapping:
      return "a mapping";
    case yaml::Node::Kind::kScalar:
      break;
  }
  if (node.from_environment) return "the value from the environment";
  std::size_t cut = std::min(node.scalar.size(), kLongest);
  while (cut > 0 && cut < node.scalar.size() && (node.scalar[cut] & 0xC0) == 0x80) --cut;
  std::string text = node.scalar.substr(0, cut);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return fmt::format("'{}{}'", text, cut < node.scalar.size() ? "..." : "");
}

bool read_value(const yaml::Node& node, bool& value, yaml::Problems& problems) {
  bool truth = node.is_scalar() && is_one_of(node.scalar, kTrue);
  bool falsehood = node.is_scalar() && is_one_of(node.scalar, kFalse);
  if (node.quoted || (!truth && !falsehood)) return wrong(node, problems, "true or false");
  value = truth;
  return true;
}
ValueType type_of(const bool*) {
  return {"true or false", fmt::format(R"({{"type":["boolean","string"],{}}})", kReferencePattern)};
}
std::string default_text(const bool& value) { return value ? "true" : "false"; }

bool read_value(const yaml::Node& node, std::int64_t& value, yaml::Problems& problems) {
  return read_number(node, value, problems, "a whole number");
}
ValueType type_of(const std::int64_t*) {
  return {"whole number", fmt::format(R"({{"type":["integer","string"],{}}})", kReferencePattern)};
}
std::string default_text(const std::int64_t& value) { return std::to_string(value); }

bool read_value(const yaml::Node& node, double& value, yaml::Problems& problems) {
  double read = 0;
  if (!read_number(node, read, problems, "a number")) return false;
  if (!std::isfinite(read)) return wrong(node, problems, "a number");
  value = read;
  return true;
}
ValueType type_of(const double*) {
  return {"number", fmt::format(R"({{"type":["number","string"],{}}})", kReferencePattern)};
}
std::string default_text(const double& value) { return fmt::format("{}", value); }

bool read_value(const yaml::Node& node, std::string& value, yaml::Problems& problems) {
  if (!node.is_scalar()) return wrong(node, problems, "text");
  value = node.scalar;
  return true;
}
ValueType type_of(const std::string*) { return {"text", R"({"type":["string","number","boolean"]})"}; }

bool read_value(const yaml::Node& node, Duration& value, yaml::Problems& problems) {
  if (!node.is_scalar()) return wrong(node, problems, "a duration such as 30s, 5m or 1h30m");
  auto read = parse_duration(node.scalar);
  if (!read) {
    problems.error(node.mark, fmt::format("{} is not a duration such as 30s, 5m or 1h30m", shown(node)));
    return false;
  }
  value = read.value();
  return true;
}
ValueType type_of(const Duration*) { return {"duration", R"({"type":["string","number"],"minimum":0})"}; }
std::string default_text(const Duration& value) { return to_string(value); }

bool read_value(const yaml::Node& node, yaml::Node& value, yaml::Problems&) {
  value = node;
  return true;
}
ValueType type_of(const yaml::Node*) { return {"any", "{}"}; }
std::string default_text(const yaml::Node&) { return ""; }

}  // namespace base::options
