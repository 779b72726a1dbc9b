// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include "tests/fakes/slack/fake_slack.h"

namespace fakes::slack {

namespace {

using nlohmann::json;

const json* find_button(const json& node, const std::string& action_id) {
  if (node.is_object() && node.value("type", "") == "button" && node.value("action_id", "") == action_id) return &node;
  if (!node.is_structured()) return nullptr;
  for (const auto& inner : node) {
    if (const auto* found = find_button(inner, action_id)) return found;
  }
  return nullptr;
}

}  // namespace

json FakeSlack::click(const std::string& ts, const std::string& action_id, const std::string& user,
                      const std::string& name) {
  for (const auto& message : messages()) {
    const auto* button = message.ts == ts ? find_button(message.content, action_id) : nullptr;
    if (button == nullptr) continue;
    std::string at = "1767323060." + std::to_string(100000 + (with([&] { ++clicks_; }), clicks_));
    return {{"type", "block_actions"},
            {"user", {{"id", user}, {"username", name}, {"name", name}, {"team_id", kTeam}}},
            {"api_app_id", "A0000000001"},
            {"team", {{"id", kTeam}, {"domain", "shop"}}},
            {"enterprise", nullptr},
            {"container",
             {{"type", "message"}, {"message_ts", ts}, {"channel_id", message.channel}, {"is_ephemeral", false}}},
            {"channel", {{"id", message.channel}, {"name", "alerts"}}},
            {"message", message.content},
            {"trigger_id", "1.2.3"},
            {"response_url", "https://hooks.slack.com/actions/T1/2/3"},
            {"actions",
             {{{"type", "button"},
               {"action_id", action_id},
               {"block_id", "b1"},
               {"text", (*button)["text"]},
               {"value", button->value("value", "")},
               {"action_ts", at}}}}};
  }
  throw std::logic_error("message " + ts + " has no button " + action_id);
}

}  // namespace fakes::slack
