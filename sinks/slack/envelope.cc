// SPDX-License-Identifier: Apache-2.0
#include "sinks/slack/envelope.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace sinks::slack {

using nlohmann::json;
using Kind = Envelope::Kind;

namespace {

// They are UUIDs; whatever else comes is not repeated at length.
constexpr std::size_t kLongestId = 128;
constexpr std::string_view kReasons[] = {"warning", "refresh_requested", "link_disabled", "too_many_websockets"};

std::string text_of(const json& object, const char* member) {
  auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string reason_of(const json& from) {
  auto reason = text_of(from, "reason");
  bool is_known = std::find(std::begin(kReasons), std::end(kReasons), reason) != std::end(kReasons);
  return is_known ? reason : "another";
}

}  // namespace

Envelope read_envelope(std::string_view text) {
  auto from = json::parse(text, nullptr, false);
  if (!from.is_object()) return {};
  auto type = text_of(from, "type");
  if (type.empty()) return {};
  if (type == "hello") return {.kind = Kind::kHello};
  if (type == "disconnect") return {.kind = Kind::kDisconnect, .reason = reason_of(from)};
  Envelope envelope{.kind = Kind::kOther, .id = text_of(from, "envelope_id")};
  if (envelope.id.size() > kLongestId) return {};
  if (type != "interactive") return envelope;
  auto payload = from.find("payload");
  if (envelope.id.empty() || payload == from.end() || !payload->is_object()) return {};
  envelope.kind = Kind::kInteractive;
  envelope.payload = payload->dump(-1, ' ', false, json::error_handler_t::replace);
  return envelope;
}

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::kHello:
      return "hello";
    case Kind::kDisconnect:
      return "disconnect";
    case Kind::kInteractive:
      return "interactive";
    case Kind::kOther:
      return "other";
    case Kind::kUnreadable:
      break;
  }
  return "unreadable";
}

std::string acknowledgement(std::string_view id) {
  return json{{"envelope_id", id}}.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace sinks::slack
