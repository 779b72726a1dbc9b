// SPDX-License-Identifier: Apache-2.0
#include "sinks/webhook/cloud_event.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sinks/body/template.h"

namespace sinks::webhook {

namespace {

using Attributes = std::vector<std::pair<std::string, std::string>>;

Attributes attributes_of(const schemas::Delivery& delivery, std::string_view source) {
  const auto& transition = delivery.transition;
  return {{"specversion", "1.0"},
          {"id", delivery.id},
          {"source", std::string(source)},
          {"type", "tocsin.incident." + std::string(to_string(transition.state))},
          {"subject", transition.incident.id},
          {"time", base::to_rfc3339(transition.at)}};
}

// Section 3.1.3.2 of the HTTP binding: what is not printable ASCII, and blanks, quotes and percent signs.
std::string as_header(const std::string& value) {
  std::string out;
  for (char c : value) {
    bool stays = c > ' ' && c < 0x7f && c != '"' && c != '%';
    out += stays ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace

std::string structured_event(const schemas::Delivery& delivery, std::string_view source, std::string_view body,
                             std::string_view content_type) {
  nlohmann::ordered_json event;
  for (const auto& [name, value] : attributes_of(delivery, source)) event[name] = value;
  event["datacontenttype"] = content_type;
  if (body::escape_of(content_type) == body::Escape::kJson) {
    event["data"] = nlohmann::ordered_json::parse(body, nullptr, false);
  } else {
    event["data"] = body;
  }
  return event.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

net::http::Headers event_headers(const schemas::Delivery& delivery, std::string_view source) {
  net::http::Headers headers;
  for (const auto& [name, value] : attributes_of(delivery, source))
    headers.emplace_back("ce-" + name, as_header(value));
  return headers;
}

}  // namespace sinks::webhook
