// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sinks/slack/blocks.h"
#include "sinks/slack/headline.h"
#include "sinks/slack/message.h"
#include "sinks/slack/mrkdwn.h"

namespace sinks::slack {

namespace {

using nlohmann::json;
using schemas::Delivery;

// Slack shows what fits on a lock screen, four lines or so; what is read aloud should not be longer either.
constexpr std::size_t kLongestText = 400;
// 4,000 is the largest text that is not split or refused.
constexpr std::size_t kLongestMinimal = 3500;
// Of a link within text, whose address counts; a longer one becomes a button, where it does not.
constexpr std::size_t kLongestTextLink = 500;
constexpr std::size_t kLongestTextLinks = 1500;

json metadata(const Delivery& delivery, const char* part) {
  const auto& transition = delivery.transition;
  return {{"event_type", "tocsin_incident"},
          {"event_payload",
           {{"incident", metadata_id(transition.incident.id)},
            {"transition", metadata_id(transition.id)},
            {"delivery", metadata_id(delivery.id)},
            {"part", part}}}};
}

json elements_of(const std::string& actions) {
  auto elements = json::parse(actions, nullptr, false);
  return elements.is_array() ? elements : json::array();
}

// Links as words in a line, as far as they are short, and the others as buttons.
void add_links(const Drawing& drawing, const Shown& shown, const Style& style, json& blocks) {
  std::string line;
  auto buttons = elements_of(shown.actions);
  for (std::size_t i = 0; i < drawing.links.size(); ++i) {
    const auto& given = drawing.links[i];
    auto written = link(given.url, given.name, kLongestTextLink);
    bool is_link = written.starts_with('<');
    if (style.link_buttons || !is_link || length(line) + length(written) > kLongestTextLinks) {
      buttons.push_back(link_button(given, i));
    } else {
      line += (line.empty() ? "🔗 " : "  ·  ") + written;
    }
  }
  if (!line.empty()) blocks.push_back(section_block(line));
  if (!buttons.empty()) blocks.push_back({{"type", "actions"}, {"elements", std::move(buttons)}});
}

void add_missing(const Drawing& drawing, json& blocks) {
  std::string text;
  for (const auto& missing : drawing.missing)
    text += (text.empty() ? "" : "\n") + ("⚠️ Missing: " + escaped(missing, 400));
  if (!text.empty()) blocks.push_back(context_block(std::move(text)));
}

std::string cuts_text(const Drawing& drawing, const Shown& shown) {
  auto at = static_cast<std::size_t>(drawing.whole);
  bool is_there = drawing.whole >= 0 && at < shown.file_ids.size() && !shown.file_ids[at].empty();
  std::string text = drawing.left_out > 0 ? fmt::format("✂️ {} more left out here", drawing.left_out) : "";
  if (is_there) text += text.empty() ? "📎 More of it is in the thread" : ", and in the thread";
  return text;
}

void add_evidence(const Drawing& drawing, const Shown& shown, json& blocks) {
  if (!drawing.description.empty()) blocks.push_back(section_block(drawing.description));
  for (auto& block : evidence_blocks(drawing, shown.file_ids)) blocks.push_back(std::move(block));
  if (auto cuts = cuts_text(drawing, shown); !cuts.empty()) blocks.push_back(context_block(std::move(cuts)));
  add_missing(drawing, blocks);
}

std::string who(const Drawing& drawing) {
  std::string text;
  for (const auto& mention : drawing.mentions) text += (text.empty() ? "👤 " : " ") + mention;
  return text;
}

std::string written(const json& message) { return message.dump(-1, ' ', false, json::error_handler_t::replace); }

json message_of(std::string text, json blocks, std::string colour, json attached, json metadata) {
  json attachment{{"color", std::move(colour)}, {"fallback", text}, {"blocks", std::move(attached)}};
  return {{"text", std::move(text)},
          {"blocks", std::move(blocks)},
          {"attachments", json::array({std::move(attachment)})},
          {"metadata", std::move(metadata)},
          {"unfurl_links", false},
          {"unfurl_media", false}};
}

// Of an opening that is told below what is there: the incident has been open for so long.
std::string still_open_line(const Delivery& delivery) {
  auto span = span_text(delivery.transition.incident.opened, delivery.created);
  return span.empty() ? "⏰ *Still firing*" : "⏰ *Still firing after " + span + "*";
}

}  // namespace

std::string metadata_id(const std::string& id) { return cut(clean_line(id), 255); }

std::string compose(const Delivery& delivery, const Shown& shown, const Style& style) {
  const auto& transition = delivery.transition;
  auto drawing = decode_drawing(shown.evidence);
  // What stands outside of the attachment is never folded away, and calls people.
  json blocks = json::array({header_block(title_line(transition, style))});
  if (auto called = who(drawing); !called.empty()) blocks.push_back(section_block(called));
  json attached = json::array();
  auto where = where_line(transition);
  attached.push_back(context_block((where.empty() ? "" : where + "\n") + when_line(transition)));
  if (auto taken = acknowledged_line(delivery); !taken.empty()) attached.push_back(context_block(std::move(taken)));
  add_evidence(drawing, shown, attached);
  add_links(drawing, shown, style, attached);
  attached.push_back(context_block(identity_line(transition)));
  return written(message_of(fallback_text(transition, style, kLongestText), std::move(blocks), colour_of(transition),
                            std::move(attached), metadata(delivery, "message")));
}

std::string compose_reply(const Delivery& delivery, const Shown& shown, const Style& style) {
  const auto& transition = delivery.transition;
  auto drawing = decode_drawing(shown.evidence);
  auto head = delivery.opening ? still_open_line(delivery) + "  ·  " + moment(delivery.created)
                               : cause_line(transition) + "  ·  " + moment(transition.at);
  auto title = escaped(clean_line(std::string_view(transition.finding.title).substr(0, 2048)), 200);
  if (!title.empty()) head += "\n" + title;
  json blocks = json::array({section_block(std::move(head))});
  json attached = json::array();
  if (auto where = where_line(transition); !where.empty()) attached.push_back(context_block(std::move(where)));
  add_evidence(drawing, shown, attached);
  if (attached.empty()) attached.push_back(context_block(identity_line(transition)));
  return written(message_of(fallback_text(transition, style, kLongestText), std::move(blocks), colour_of(transition),
                            std::move(attached), metadata(delivery, "reply")));
}

std::string compose_answer(const Delivery& delivery, const std::string& mrkdwn) {
  return written(json{{"text", mrkdwn},
                      {"blocks", json::array({section_block(mrkdwn)})},
                      {"metadata", metadata(delivery, "reply")},
                      {"unfurl_links", false},
                      {"unfurl_media", false}});
}

std::string compose_minimal(const Delivery& delivery, const Style& style) {
  const auto& transition = delivery.transition;
  auto text = fallback_text(transition, style, kLongestMinimal / 2);
  text += "\n" + when_line(transition);
  std::size_t shown = 0;
  for (const auto& given : transition.finding.links) {
    auto written = link(given.url, given.name, kLongestTextLink);
    if (!written.starts_with('<') || length(text) + length(written) + 1 > kLongestMinimal - 100) continue;
    text += "\n" + written;
    if (++shown == 3) break;
  }
  text += "\n_Shortened: Slack did not take the whole message._";
  return written(json{{"text", std::move(text)},
                      {"blocks", json::array()},
                      {"attachments", json::array()},
                      {"metadata", metadata(delivery, "message")},
                      {"unfurl_links", false},
                      {"unfurl_media", false}});
}

}  // namespace sinks::slack
