// SPDX-License-Identifier: Apache-2.0
#include "app/yaml_text.h"

#include <cctype>
#include <nlohmann/json.hpp>
#include <string_view>

namespace app {

namespace {

// Words of letters that YAML takes for something else.
bool is_reserved(std::string_view text) {
  for (std::string_view word : {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}) {
    bool same = word.size() == text.size();
    for (std::size_t i = 0; same && i < word.size(); ++i) {
      same = std::tolower(static_cast<unsigned char>(text[i])) == word[i];
    }
    if (same) return true;
  }
  return false;
}

std::string quoted_if_needed(const std::string& text) {
  bool is_plain = !text.empty() && std::isalpha(static_cast<unsigned char>(text.front())) != 0 && !is_reserved(text);
  for (unsigned char c : text)
    is_plain = is_plain && (std::isalnum(c) != 0 || c == '_' || c == '-' || c == '/' || c == '.');
  return is_plain ? text : nlohmann::json(text).dump();
}

bool is_block(const nlohmann::json& value) { return value.is_structured() && !value.empty(); }

std::string in_line(const nlohmann::json& value) {
  return value.is_string() ? quoted_if_needed(value.get_ref<const std::string&>()) : value.dump();
}

// `begun`: the first line already has its indentation, behind a dash.
void write(const nlohmann::json& value, std::size_t indent, bool begun, std::string& out) {
  for (const auto& [key, element] : value.items()) {
    if (!begun) out.append(indent, ' ');
    begun = false;
    bool is_list = value.is_array();
    out += is_list ? "-" : quoted_if_needed(key) + ":";
    if (!is_block(element)) {
      out += " " + in_line(element) + "\n";
    } else if (is_list) {
      out += " ";
      write(element, indent + 2, true, out);
    } else {
      out += "\n";
      write(element, indent + 2, false, out);
    }
  }
}

}  // namespace

std::string to_yaml(const nlohmann::json& value) {
  if (!is_block(value)) return in_line(value) + "\n";
  std::string out;
  write(value, 0, false, out);
  return out;
}

}  // namespace app
