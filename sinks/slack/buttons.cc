// SPDX-License-Identifier: Apache-2.0
#include "sinks/slack/buttons.h"

#include <nlohmann/json.hpp>

#include "sinks/grouping/summary.h"
#include "sinks/slack/click.h"

namespace sinks::slack {

using nlohmann::json;

namespace {

json button(std::string text, std::string action, const std::string& value) {
  return {{"type", "button"},
          {"text", {{"type", "plain_text"}, {"text", std::move(text)}, {"emoji", true}}},
          {"action_id", std::move(action)},
          {"value", value}};
}

}  // namespace

bool is_alert(const schemas::Finding& finding) {
  return finding.source == schemas::FindingSource::kPrometheus && finding.subject.labels.contains("alertname");
}

std::string buttons_of(const schemas::Delivery& delivery, const Offer& offer) {
  const auto& transition = delivery.transition;
  const auto& incident = transition.incident;
  json buttons = json::array();
  auto value = encode(ButtonValue{delivery.sink, incident.identity.key, incident.id});
  bool can_be_asked = !value.empty() && !incident.identity.key.empty() && transition.cause != "digest" &&
                      transition.cause != kSummaryCause;
  if (!can_be_asked) return buttons.dump();
  if (incident.open && !incident.acknowledged) {
    buttons.push_back(button("Acknowledge", std::string(kAcknowledgeAction), value));
    buttons.back()["style"] = "primary";
  }
  if (incident.open && offer.silences && is_alert(transition.finding)) {
    for (int hours : kSilenceHours) {
      auto number = std::to_string(hours);
      buttons.push_back(button("Silence " + number + " h", std::string(kSilenceAction) + number, value));
    }
  }
  if (incident.open && offer.evidence) {
    buttons.push_back(button("Show all evidence", std::string(kEvidenceAction), value));
  }
  return buttons.dump();
}

}  // namespace sinks::slack
