// SPDX-License-Identifier: Apache-2.0
#include "sinks/body/escape.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace sinks::body {

namespace {

// What a record holds may have been cut in the middle of a character.
std::string as_json(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string as_xml(const std::string& text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        // Others below a blank are no characters of XML (https://www.w3.org/TR/xml/#charsets).
        if (static_cast<unsigned char>(c) >= ' ' || c == '\n' || c == '\t') out += c;
    }
  }
  return out;
}

// The unreserved characters of RFC 3986 stay.
std::string as_form(const std::string& text) {
  std::string out;
  for (char c : text) {
    bool stays = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
                 c == '.' || c == '~';
    out += stays ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace

std::string plain(const nlohmann::json& value) {
  if (value.is_null()) return {};
  return value.is_string() ? value.get<std::string>() : as_json(value);
}

std::string written(const nlohmann::json& value, Escape escape, bool in_string) {
  switch (escape) {
    case Escape::kJson: {
      if (!in_string) return as_json(value);
      std::string quoted = as_json(plain(value));
      return quoted.substr(1, quoted.size() - 2);
    }
    case Escape::kXml:
      return as_xml(plain(value));
    case Escape::kForm:
      return as_form(plain(value));
    case Escape::kNone:
      break;
  }
  return plain(value);
}

Escape escape_of(std::string_view content_type) {
  std::string type(content_type.substr(0, content_type.find(';')));
  std::transform(type.begin(), type.end(), type.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  while (type.ends_with(' ')) type.pop_back();
  if (type.ends_with("/json") || type.ends_with("+json")) return Escape::kJson;
  if (type.ends_with("/xml") || type.ends_with("+xml") || type == "text/html") return Escape::kXml;
  return type == "application/x-www-form-urlencoded" ? Escape::kForm : Escape::kNone;
}

}  // namespace sinks::body
