// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/options/value_types.h"

namespace base::options {

namespace {

// Whether YAML reads an unquoted `text` back as the same text, in a flow list too.
bool is_plain(const std::string& text) {
  constexpr std::string_view kSafe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-";
  constexpr std::string_view kInside = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-:+()= ";
  if (text.empty() || kSafe.find(text.front()) == std::string_view::npos || text.front() == '-') return false;
  if (kSafe.find(text.back()) == std::string_view::npos || text.find_first_not_of(kInside) != std::string::npos)
    return false;
  if (text.find(": ") != std::string::npos) return false;
  bool numeric = text.find_first_not_of("0123456789.+-eExX_:") == std::string::npos;
  yaml::Problems none;
  yaml::Node node;
  node.kind = yaml::Node::Kind::kScalar;
  node.scalar = text;
  bool truth = false;
  return !numeric && text != "null" && text != "Null" && text != "NULL" && !read_value(node, truth, none);
}

std::string written(const std::string& text) { return is_plain(text) ? text : nlohmann::json(text).dump(); }

template <class Element>
bool read_list(const yaml::Node& node, std::vector<Element>& value, yaml::Problems& problems) {
  std::vector<Element> read;
  bool good = true;
  auto take = [&](const yaml::Node& item) {
    Element element{};
    good = read_value(item, element, problems) && good;
    read.push_back(std::move(element));
  };
  if (node.is_sequence()) {
    for (const yaml::Node& item : node.items) take(item);
  } else {
    take(node);
  }
  if (good) value = std::move(read);
  return good;
}

template <class Element>
ValueType list_type(std::string name) {
  std::string element = type_of(static_cast<const Element*>(nullptr)).schema;
  return {std::move(name), fmt::format(R"({{"anyOf":[{0},{{"type":"array","items":{0}}}]}})", element)};
}

template <class Element>
std::string list_text(const std::vector<Element>& value) {
  std::string text;
  for (const Element& element : value) text += fmt::format("{}{}", text.empty() ? "" : ", ", default_text(element));
  return text.empty() ? "" : fmt::format("[{}]", text);
}

}  // namespace

std::string default_text(const std::string& value) { return value.empty() ? "" : written(value); }

bool read_value(const yaml::Node& node, std::vector<std::string>& value, yaml::Problems& problems) {
  return read_list(node, value, problems);
}
ValueType type_of(const std::vector<std::string>*) { return list_type<std::string>("list of text"); }
std::string default_text(const std::vector<std::string>& value) { return list_text(value); }

bool read_value(const yaml::Node& node, std::vector<std::int64_t>& value, yaml::Problems& problems) {
  return read_list(node, value, problems);
}
ValueType type_of(const std::vector<std::int64_t>*) { return list_type<std::int64_t>("list of whole numbers"); }
std::string default_text(const std::vector<std::int64_t>& value) { return list_text(value); }

bool read_value(const yaml::Node& node, TextMap& value, yaml::Problems& problems) {
  if (!node.is_mapping()) {
    problems.error(node.mark, fmt::format("{} is not a mapping of names to text", shown(node)));
    return false;
  }
  TextMap read;
  bool good = true;
  for (const yaml::Node::Entry& entry : node.entries) {
    // A name without a value is a name with the empty text.
    std::string text;
    yaml::Problems found;
    good = (entry.value.is_null() || read_value(entry.value, text, found)) && good;
    problems.add_of(entry.key, found);
    read.emplace(entry.key, std::move(text));
  }
  if (good) value = std::move(read);
  return good;
}
ValueType type_of(const TextMap*) {
  std::string element = type_of(static_cast<const std::string*>(nullptr)).schema;
  return {"mapping of text", fmt::format(R"({{"type":"object","additionalProperties":{}}})", element)};
}
std::string default_text(const TextMap& value) {
  std::string text;
  for (const auto& [name, element] : value) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", written(name), written(element));
  }
  return text.empty() ? "" : fmt::format("{{{}}}", text);
}

bool read_value(const yaml::Node& node, std::optional<std::string>& value, yaml::Problems& problems) {
  return read_value(node, value.emplace(), problems);
}
ValueType type_of(const std::optional<std::string>*) { return type_of(static_cast<const std::string*>(nullptr)); }
std::string default_text(const std::optional<std::string>& value) { return value ? written(*value) : ""; }

bool read_value(const yaml::Node& node, std::optional<std::int64_t>& value, yaml::Problems& problems) {
  return read_value(node, value.emplace(), problems);
}
ValueType type_of(const std::optional<std::int64_t>*) { return type_of(static_cast<const std::int64_t*>(nullptr)); }
std::string default_text(const std::optional<std::int64_t>& value) { return value ? default_text(*value) : ""; }

}  // namespace base::options
