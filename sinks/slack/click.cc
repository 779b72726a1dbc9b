// SPDX-License-Identifier: Apache-2.0
#include "sinks/slack/click.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/hash.h"
#include "sinks/slack/mrkdwn.h"

namespace sinks::slack {

using nlohmann::json;
using schemas::CommandAction;

namespace {

constexpr std::size_t kLongestValue = 2000;
// Slack's own are some 15 characters; names are cut for logs and comments.
constexpr std::size_t kLongestId = 64;
constexpr std::size_t kLongestName = 80;
constexpr std::chrono::seconds kWindow(300);
// "v0=" and a SHA-256 in hex.
constexpr std::size_t kSignatureBytes = 3 + 64;

std::string text_of(const json& object, const char* member) {
  if (!object.is_object()) return {};
  auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const json& member_of(const json& object, const char* member) {
  static const json kNone;
  if (!object.is_object()) return kNone;
  auto found = object.find(member);
  return found != object.end() ? *found : kNone;
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kLongestId &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) != 0; });
}

Heard unreadable(std::string why) { return {.outcome = "unreadable", .why = std::move(why)}; }

std::optional<ButtonValue> decode_value(const std::string& text) {
  auto from = text.size() > 4 * kLongestValue ? json() : json::parse(text, nullptr, false);
  ButtonValue value{text_of(from, "s"), text_of(from, "k"), text_of(from, "i")};
  if (value.sink.empty() || value.incident_key.empty() || value.incident_id.empty()) return std::nullopt;
  return value;
}

// Sets action and hours; false: none of ours.
bool read_action(std::string_view id, schemas::Command& command) {
  if (id == kAcknowledgeAction) {
    command.action = CommandAction::kAcknowledge;
  } else if (id == kEvidenceAction) {
    command.action = CommandAction::kEvidence;
  } else if (id.starts_with(kSilenceAction)) {
    auto hours = id.substr(kSilenceAction.size());
    auto is_same = [&](int offered) { return hours == std::to_string(offered); };
    auto offered = std::find_if(std::begin(kSilenceHours), std::end(kSilenceHours), is_same);
    if (offered == std::end(kSilenceHours)) return false;
    command.action = CommandAction::kSilence;
    command.hours = *offered;
  } else {
    return false;
  }
  return true;
}

// The one header of that name; empty for none or several.
std::string_view only(const net::http::Headers& headers, std::string_view name) {
  std::string_view found;
  for (const auto& header : headers) {
    if (net::http::find_header({header}, name).empty()) continue;
    if (!found.empty()) return {};
    found = header.second;
  }
  return found;
}

}  // namespace

std::string encode(const ButtonValue& value) {
  json to = {{"s", value.sink}, {"k", value.incident_key}, {"i", value.incident_id}};
  auto text = to.dump(-1, ' ', false, json::error_handler_t::replace);
  return length(text) > kLongestValue ? std::string() : text;
}

std::variant<Click, Heard> read_click(std::string_view payload, base::Time at) {
  auto from = json::parse(payload, nullptr, false);
  if (!from.is_object()) return unreadable("the payload is no JSON object");
  auto type = text_of(from, "type");
  if (type != "block_actions") return unreadable("the payload's type is not block_actions");
  const auto& actions = member_of(from, "actions");
  if (!actions.is_array() || actions.size() != 1) return unreadable("the payload has not exactly one action");
  const auto& action = actions[0];
  auto id = text_of(action, "action_id");
  // Whoever follows a link has pressed a button too.
  if (id.starts_with("link_")) return Heard{.outcome = "nothing_asked"};
  Click click{.team = text_of(member_of(from, "team"), "id"),
              .enterprise = text_of(member_of(from, "enterprise"), "id"),
              .app = text_of(from, "api_app_id")};
  auto& command = click.command;
  if (!read_action(id, command)) {
    return Heard{.outcome = "unknown_action", .why = "no button of tocsin has the action_id that was sent"};
  }
  auto value = decode_value(text_of(action, "value"));
  if (!value) return unreadable("the button's value names no sink and incident");
  const auto& user = member_of(from, "user");
  auto user_id = text_of(user, "id");
  if (!is_id(user_id)) return unreadable("the payload names no user");
  auto name = text_of(user, "username").empty() ? text_of(user, "name") : text_of(user, "username");
  const auto& container = member_of(from, "container");
  command.id = base::derive_id({"command", "slack", click.team, click.enterprise, text_of(container, "channel_id"),
                                text_of(container, "message_ts"), user_id, id, text_of(action, "action_ts")});
  command.sink = std::move(value->sink);
  command.incident_key = std::move(value->incident_key);
  command.incident_id = std::move(value->incident_id);
  command.by = "<@" + user_id + ">";
  command.by_name = cut(clean_line(name), kLongestName);
  command.at = at;
  return click;
}

std::string signature_of(std::string_view secret, std::string_view timestamp, std::string_view body) {
  std::string signed_text = "v0:" + std::string(timestamp) + ":" + std::string(body);
  return "v0=" + base::hmac_sha256_hex(secret, signed_text);
}

Origin judge_signature_head(const net::http::Headers& headers, base::Time now) {
  auto timestamp = only(headers, "X-Slack-Request-Timestamp");
  std::int64_t seconds = 0;
  auto [end, error] = std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), seconds);
  bool is_number = error == std::errc() && end == timestamp.data() + timestamp.size() && seconds >= 0;
  if (!is_number || only(headers, "X-Slack-Signature").size() != kSignatureBytes) return Origin::kUnsigned;
  auto now_seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  bool is_fresh = seconds >= now_seconds - kWindow.count() && seconds <= now_seconds + kWindow.count();
  return is_fresh ? Origin::kOurs : Origin::kStale;
}

Origin judge_signature(const net::http::Headers& headers, std::string_view body, std::string_view secret,
                       base::Time now) {
  auto origin = secret.empty() ? Origin::kUnsigned : judge_signature_head(headers, now);
  if (origin != Origin::kOurs) return origin;
  auto signature = signature_of(secret, only(headers, "X-Slack-Request-Timestamp"), body);
  return base::is_same_secret(only(headers, "X-Slack-Signature"), signature) ? Origin::kOurs : Origin::kForged;
}

}  // namespace sinks::slack
