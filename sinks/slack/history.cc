// SPDX-License-Identifier: Apache-2.0
#include "sinks/slack/history.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sinks/slack/channel.h"
#include "sinks/slack/message.h"

namespace sinks::slack {

using nlohmann::json;

namespace {

// Of Slack's clock and ours.
constexpr std::chrono::seconds kSkew(60);

std::string text_of(const json& object, const char* member) {
  if (!object.is_object()) return {};
  auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// The metadata of a message of ours of that part ("message" or "reply"), else null.
json ours(const json& message, std::string_view part) {
  if (!message.is_object() || !message.contains("metadata")) return {};
  const json& metadata = message["metadata"];
  if (text_of(metadata, "event_type") != "tocsin_incident" || !metadata.contains("event_payload")) return {};
  const json& about = metadata["event_payload"];
  return text_of(about, "part") == part ? about : json();
}

std::string next_cursor(const json& body) {
  auto found = body.find("response_metadata");
  return found == body.end() ? std::string() : text_of(*found, "next_cursor");
}

const json& list_of(const json& body, const char* member) {
  static const json kNone = json::array();
  auto found = body.find(member);
  return found != body.end() && found->is_array() ? *found : kNone;
}

}  // namespace

const History::Page* History::cached(const std::string& channel, base::Time posted_from, base::Time read_after) const {
  auto found = pages_.find(channel);
  bool holds = found != pages_.end() && found->second.from <= posted_from && found->second.read >= read_after;
  return holds ? &found->second : nullptr;
}

base::Task<Called<std::optional<History::Message>>> History::find(std::string channel, std::string incident,
                                                                  base::Time posted_from, base::Time read_after,
                                                                  base::Deadline deadline) {
  auto id = metadata_id(incident);
  auto look_up = [&](const Page& page) {
    auto found = page.by_incident.find(id);
    return found == page.by_incident.end() ? std::nullopt : std::optional(found->second);
  };
  {
    std::lock_guard lock(mutex_);
    if (const Page* page = cached(channel, posted_from, read_after)) co_return look_up(*page);
  }
  auto page = co_await read(channel, posted_from - kSkew, deadline);
  if (!page) co_return page.error();
  auto found = look_up(page.value());
  std::lock_guard lock(mutex_);
  if (pages_.size() >= kMostChannels) pages_.clear();
  pages_.insert_or_assign(channel, std::move(page.value()));
  co_return found;
}

base::Task<Called<History::Page>> History::read(std::string channel, base::Time posted_from, base::Deadline deadline) {
  Page page{.read = clock_.now(), .from = posted_from, .by_incident = {}};
  std::string cursor;
  for (int i = 0; i < kMostPages; ++i) {
    net::http::Query arguments = {{"channel", channel},
                                  {"oldest", fmt::format("{:.6f}", base::to_unix_seconds(posted_from))},
                                  {"include_all_metadata", "true"},
                                  {"limit", "200"}};
    if (!cursor.empty()) arguments.emplace_back("cursor", cursor);
    auto answer = co_await api_.call("conversations.history", std::move(arguments), deadline);
    if (!answer) co_return answer.error();
    for (const auto& message : list_of(answer.value().body(), "messages")) {  // Newest first.
      auto about = ours(message, "message");
      if (about.is_null()) continue;
      bool has_thread = message.contains("reply_count") && message["reply_count"] != 0;
      page.by_incident.try_emplace(text_of(about, "incident"), Message{text_of(message, "ts"), has_thread});
    }
    cursor = next_cursor(answer.value().body());
    if (cursor.empty()) co_return page;
  }
  co_return failure_of("conversations.history",
                       base::permanent(base::Reason::kTooLarge, "the channel has too many messages to look through"));
}

base::Task<Called<std::optional<History::Message>>> History::find_in_thread(std::string channel, std::string ts,
                                                                            std::string incident,
                                                                            base::Deadline deadline) {
  auto id = metadata_id(incident);
  std::string cursor;
  for (int i = 0; i < kMostPages; ++i) {
    net::http::Query arguments = {{"channel", channel}, {"ts", ts}, {"include_all_metadata", "true"}, {"limit", "200"}};
    if (!cursor.empty()) arguments.emplace_back("cursor", cursor);
    auto answer = co_await api_.call("conversations.replies", std::move(arguments), deadline);
    if (!answer) co_return answer.error();
    for (const auto& message : list_of(answer.value().body(), "messages")) {
      if (text_of(ours(message, "message"), "incident") == id) co_return Message{text_of(message, "ts")};
    }
    cursor = next_cursor(answer.value().body());
    if (cursor.empty()) co_return std::optional<Message>();
  }
  co_return failure_of("conversations.replies",
                       base::permanent(base::Reason::kTooLarge, "the thread has too many messages to look through"));
}

base::Task<Called<bool>> History::has_reply(std::string channel, std::string ts, std::string delivery,
                                            base::Deadline deadline) {
  net::http::Query arguments = {{"channel", channel}, {"ts", ts}, {"include_all_metadata", "true"}, {"limit", "200"}};
  auto answer = co_await api_.call("conversations.replies", std::move(arguments), deadline);
  if (!answer) co_return answer.error();
  auto id = metadata_id(delivery);
  for (const auto& message : list_of(answer.value().body(), "messages")) {
    if (text_of(ours(message, "reply"), "delivery") == id) co_return true;
  }
  co_return false;
}

base::Task<Called<std::string>> History::channel_id(std::string channel, base::Deadline deadline) {
  if (is_channel_id(channel)) co_return channel;
  if (auto known = known_id(channel); known != channel) co_return known;
  std::string cursor;
  for (int i = 0; i < kMostPages; ++i) {
    net::http::Query arguments = {
        {"types", "public_channel,private_channel"}, {"exclude_archived", "false"}, {"limit", "1000"}};
    if (!cursor.empty()) arguments.emplace_back("cursor", cursor);
    auto answer = co_await api_.call("conversations.list", std::move(arguments), deadline);
    if (!answer) co_return answer.error();
    for (const auto& found : list_of(answer.value().body(), "channels")) {
      if (text_of(found, "name") != channel) continue;
      learn(channel, text_of(found, "id"));
      co_return text_of(found, "id");
    }
    cursor = next_cursor(answer.value().body());
    if (cursor.empty()) break;
  }
  co_return failure_of("conversations.list", "channel_not_found", {}, {});
}

std::string History::known_id(const std::string& channel) {
  std::lock_guard lock(mutex_);
  auto known = ids_.find(channel);
  return known == ids_.end() ? channel : known->second;
}

void History::learn(const std::string& channel, const std::string& id) {
  std::lock_guard lock(mutex_);
  if (ids_.size() >= kMostChannels) ids_.clear();
  ids_.insert_or_assign(channel, id);
}

}  // namespace sinks::slack
