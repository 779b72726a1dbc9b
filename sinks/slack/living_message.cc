// SPDX-License-Identifier: Apache-2.0
#include "sinks/slack/living_message.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/log.h"

namespace sinks::slack {

using nlohmann::json;

namespace {

// Says in the message itself that it may be a repeat.
void mark_as_doubtful(json& message) {
  constexpr std::size_t kMostBlocks = 50;
  constexpr const char* kText = "This may be a repeat: whether it was posted before could not be found out.";
  message["text"] = "(perhaps a repeat) " + message.value("text", "");
  json block = {{"type", "context"}, {"elements", {{{"type", "plain_text"}, {"text", kText}}}}};
  json* blocks = message.contains("blocks") && !message["blocks"].empty() ? &message["blocks"] : nullptr;
  if (blocks == nullptr && message.contains("attachments") && !message["attachments"].empty()) {
    blocks = &message["attachments"][0]["blocks"];
  }
  if (blocks != nullptr && blocks->is_array() && blocks->size() < kMostBlocks) blocks->push_back(block);
}

// The composed message with where it goes.
std::string addressed(const std::string& composed, const json& to, bool is_doubtful) {
  auto message = json::parse(composed);
  if (is_doubtful) mark_as_doubtful(message);
  message.update(to);
  return message.dump(-1, ' ', false, json::error_handler_t::replace);
}

bool has_pictures(const Shown& shown) {
  return std::any_of(shown.file_ids.begin(), shown.file_ids.end(), [](const auto& id) { return !id.empty(); });
}

std::string text_of(const json& object, const char* member) {
  auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

LivingMessage::LivingMessage(const Deps& deps, Sending& sending)
    : deps_(deps),
      sending_(sending),
      delivery_(sending.delivery),
      transition_(sending.delivery.transition),
      style_(deps.options.style()),
      note_(decode_note(sending.note)) {}

base::Task<base::Result<Reply>> LivingMessage::tell() {
  sending_.limited = Limited::kDelivery;  // Until it comes to posting: see say().
  co_await gather();
  auto told = note_.ts.empty() ? co_await open() : co_await edit();
  keep(told);
  if (!told) {
    sending_.hint = told.error().hint;
    co_return told.error().error;
  }
  co_await show_late_pictures();
  auto replied = co_await reply();
  keep(replied);
  if (!replied) co_return replied.error().error;
  co_await share_texts();
  keep(replied);
  co_return Reply{.detail = summary()};
}

bool LivingMessage::is_in_the_dark() const { return sending_.maybe_sent || note_.in_the_dark == delivery_.id; }

// An opening of what is there: an incident that stays open is told again (renotify_after).
bool LivingMessage::is_reminder() const {
  return delivery_.opening && !note_.ts.empty() && note_.opened_by != delivery_.id;
}

void LivingMessage::keep(const Called<>& ended) {
  bool is_dark = !ended && ended.error().trouble == Trouble::kPassing;
  if (is_dark) {
    note_.in_the_dark = delivery_.id;
    note_.dark_since = deps_.clock.now();
  } else if (ended) {
    note_.in_the_dark.clear();
    note_.dark_since.reset();
  }
  sending_.note = encode(note_);
}

// Below the summary of its group. What is as bad as to call for somebody is shown in the channel too.
base::Task<Called<>> LivingMessage::open_in_thread() {
  auto space = delivery_.thread.find(' ');
  std::string channel = delivery_.thread.substr(0, space);
  std::string thread = space == std::string::npos ? std::string() : delivery_.thread.substr(space + 1);
  if (is_in_the_dark()) {
    auto found = co_await deps_.history.find_in_thread(channel, thread, transition_.incident.id, sending_.deadline);
    if (!found && (found.error().trouble == Trouble::kPassing || found.error().trouble == Trouble::kLimited)) {
      co_return found.error();
    }
    if (found && found.value()) {
      note_.channel = channel;
      note_.ts = found.value()->ts;
      note_.thread = thread;
      note_.opened_by = delivery_.id;
      note_.shared = transition_.id;
      opened_ = true;
      co_return co_await edit();
    }
    is_doubtful_ = !found;
  }
  json to = {{"channel", channel}, {"thread_ts", thread}};
  if (transition_.incident.severity >= deps_.options.storm.urgent_severity) to["reply_broadcast"] = true;
  auto compose = [this](const Shown& shown) { return slack::compose(delivery_, shown, style_); };
  auto posted = co_await say("chat.postMessage", std::move(to), compose, is_doubtful_);
  if (!posted) co_return posted.error();
  note_.thread = thread;
  opened(posted.value());
  co_return boost::outcome_v2::success();
}

void LivingMessage::opened(const Api::Answer& posted) {
  opened_ = true;
  note_.channel = text_of(posted.body(), "channel");
  note_.ts = text_of(posted.body(), "ts");
  note_.opened_by = delivery_.id;
  note_.replies = 0;
}

base::Task<Called<>> LivingMessage::open() {
  if (!delivery_.thread.empty() && !replaces_) {
    auto below = co_await open_in_thread();
    bool is_gone = !below && (below.error().trouble == Trouble::kThread || below.error().trouble == Trouble::kChannel);
    if (!is_gone) co_return below;
    base::log::info("slack: a summary has no thread any more, its incidents are posted by themselves",
                    {{"sink", delivery_.sink}, {"why", below.error().error.message}});
  }
  std::string channel = sending_.lane;
  if (is_in_the_dark() && !replaces_) {
    auto found = co_await look_back(channel);
    bool is_read = found || found.error().trouble == Trouble::kChannel || found.error().trouble == Trouble::kNotIn;
    if (is_read && channel != deps_.options.slack_channel && (!found || !found.value())) {
      // What the incident's own channel does not take stands there.
      auto other = co_await look_back(deps_.options.slack_channel);
      if (other && other.value()) found = std::move(other);
    }
    if (found && found.value()) {
      opened_ = true;
      note_.ts = found.value()->ts;
      note_.opened_by = delivery_.id;
      if (found.value()->has_thread) note_.shared = transition_.id;
      co_return co_await edit();
    }
    // Slack being down is no reason to post in the dark: it would be asked again in vain anyway.
    if (!found && (found.error().trouble == Trouble::kPassing || found.error().trouble == Trouble::kLimited)) {
      co_return found.error();
    }
    is_doubtful_ = !found;
  }
  auto posted = co_await post_into(channel, is_doubtful_);
  bool is_closed =
      !posted && (posted.error().trouble == Trouble::kChannel || posted.error().trouble == Trouble::kNotIn);
  if (is_closed && channel != deps_.options.slack_channel) {
    base::log::warn("slack: a channel that an incident names takes nothing, slack_channel gets it",
                    {{"why", posted.error().error.message}});
    channel = deps_.options.slack_channel;
    posted = co_await post_into(channel, is_doubtful_);
  }
  if (!posted) co_return posted.error();
  note_.thread.clear();
  opened(posted.value());
  deps_.history.learn(channel, note_.channel);
  co_return boost::outcome_v2::success();
}

base::Task<Called<Api::Answer>> LivingMessage::post_into(std::string channel, bool is_doubtful) {
  auto compose = [this](const Shown& shown) { return slack::compose(delivery_, shown, style_); };
  auto posted = co_await say("chat.postMessage", {{"channel", channel}}, compose, is_doubtful);
  if (posted || posted.error().trouble != Trouble::kNotIn) co_return posted;
  if (auto joined = co_await join(channel); !joined) co_return posted;
  co_return co_await say("chat.postMessage", {{"channel", channel}}, compose, is_doubtful);
}

base::Task<Called<>> LivingMessage::join(std::string channel) {
  auto id = co_await deps_.history.channel_id(channel, sending_.deadline);
  if (!id) co_return id.error();
  auto joined = co_await deps_.api.call("conversations.join", {{"channel", id.value()}}, sending_.deadline);
  if (!joined) co_return joined.error();
  co_return boost::outcome_v2::success();
}

// Fails where the channel can't be read.
base::Task<Called<std::optional<History::Message>>> LivingMessage::look_back(std::string channel) {
  auto read_after = sending_.maybe_sent ? sending_.owned_since : base::Time::min();
  if (note_.dark_since) read_after = std::max(read_after, *note_.dark_since);
  auto id = co_await deps_.history.channel_id(channel, sending_.deadline);
  if (!id) co_return id.error();
  auto found = co_await deps_.history.find(id.value(), transition_.incident.id, delivery_.created, read_after,
                                           sending_.deadline);
  if (!found) {
    base::log::warn("slack: can't find out whether a message was posted before",
                    {{"sink", delivery_.sink}, {"why", found.error().error.message}});
  } else if (found.value()) {
    note_.channel = id.value();
  }
  co_return found;
}

base::Task<Called<>> LivingMessage::edit() {
  auto compose = [this](const Shown& shown) { return slack::compose(delivery_, shown, style_); };
  auto edited = co_await say("chat.update", {{"channel", note_.channel}, {"ts", note_.ts}}, compose);
  if (edited) co_return boost::outcome_v2::success();
  auto trouble = edited.error().trouble;
  if (trouble != Trouble::kGone && trouble != Trouble::kChannel && trouble != Trouble::kNotIn) co_return edited.error();
  base::log::info("slack: a message that can't be edited any more is posted again",
                  {{"sink", delivery_.sink}, {"why", edited.error().error.message}});
  replaces_ = true;
  note_.ts.clear();
  co_return co_await open();
}

// Says it once more in a simpler form where Slack refuses the form.
base::Task<Called<Api::Answer>> LivingMessage::say(std::string method, json to, Compose compose, bool is_doubtful) {
  // Posting is limited in each channel, whether it is called by its name or its id; other methods in the workspace.
  bool posts = method == "chat.postMessage";
  auto line = posts ? deps_.history.known_id(text_of(to, "channel")) : std::string();
  bool is_in_lane = posts && line == deps_.history.known_id(sending_.lane);
  sending_.limited = is_in_lane ? Limited::kLane : Limited::kDelivery;
  Shown all = shown();
  auto said = co_await deps_.api.post(method, addressed(compose(all), to, is_doubtful), sending_.deadline, line);
  if (said || said.error().trouble != Trouble::kContent) co_return said;
  base::log::warn("slack: a message's form was refused, it goes out in a simpler one",
                  {{"sink", delivery_.sink}, {"why", said.error().error.message}});
  if (has_pictures(all)) {
    all.file_ids.clear();
    said = co_await deps_.api.post(method, addressed(compose(all), to, is_doubtful), sending_.deadline, line);
    if (said || said.error().trouble != Trouble::kContent) co_return said;
  }
  is_minimal_ = true;
  auto minimal = addressed(compose_minimal(delivery_, style_), to, is_doubtful);
  co_return co_await deps_.api.post(method, std::move(minimal), sending_.deadline, line);
}

}  // namespace sinks::slack
