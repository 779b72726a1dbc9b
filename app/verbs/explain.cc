// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "app/story.h"
#include "app/table.h"
#include "app/verbs/looking.h"
#include "app/verbs/verbs.h"

namespace app::verbs {

namespace {

constexpr std::size_t kDetailColumns = 80;

std::string second_text(base::Time at) { return base::to_rfc3339(std::chrono::floor<std::chrono::seconds>(at)); }

std::string detail_of(const schemas::Receipt& receipt) {
  std::string text = receipt.reason;
  if (!receipt.detail.empty()) text += (text.empty() ? "" : ": ") + receipt.detail;
  if (receipt.attempts > 1) text += " (" + std::to_string(receipt.attempts) + " attempts)";
  return shorten(text, kDetailColumns);
}

std::string as_text(const Story& story) {
  std::string text;
  if (!story.event_id.empty()) text += "event    " + story.event_id + "\n";
  bool has_finding = !story.finding_id.empty();
  text += "finding  " + (has_finding ? story.finding_id : "none: " + story.outcome + " " + story.rule) +
          (story.outcome == "repeat" ? " (repeat)" : "") +
          (story.follows.empty() ? "" : " (late evidence of " + short_id(story.follows) + ")") + "\n\n";
  Table steps({"STAGE", "RULE", "OUTCOME", "DETAIL"});
  for (const auto& step : story.steps) {
    steps.add({step.stage, step.rule, step.outcome, shorten(step.detail, kDetailColumns)});
  }
  for (const auto& transition : story.transitions) {
    steps.add({"incident", short_id(transition.incident.id), std::string(schemas::to_string(transition.state)),
               transition.command ? transition.cause + " by " + person_of(*transition.command) : transition.cause});
    for (const auto& receipt : story.receipts) {
      if (receipt.transition_id != transition.id) continue;
      steps.add({"sink", receipt.sink, std::string(schemas::to_string(receipt.outcome)), detail_of(receipt)});
    }
    for (const auto& delivery : story.pending) {
      if (delivery.transition.id != transition.id) continue;
      steps.add({"sink", delivery.sink, "pending", "made " + second_text(delivery.created)});
    }
  }
  return text + steps.to_string();
}

std::string as_text(const schemas::Incident& incident) {
  std::string text = "incident  " + incident.id + "\nidentity  " + identity_text(incident.identity) + "\ntitle     " +
                     incident.title + "\nstate     " + std::string(schemas::to_string(incident.severity)) +
                     (incident.open ? ", open" : ", closed") + " since " +
                     second_text(incident.resolved.value_or(incident.opened)) + ", said " +
                     std::to_string(incident.count) + " times\n";
  return text;
}

std::string as_text(const Explanation& explanation) {
  std::string text;
  if (explanation.incident) text += as_text(*explanation.incident) + "\n";
  for (const Story& story : explanation.stories)
    text += (&story == &explanation.stories[0] ? "" : "\n") + as_text(story);
  if (explanation.arrivals.size() < 2) return text;
  Table arrivals({"CAME", "AS"});
  for (const Arrival& arrival : explanation.arrivals) arrivals.add({second_text(arrival.at), arrival.as});
  return text + "\n" + arrivals.to_string();
}

}  // namespace

int explain(const LookArgs& args) {
  auto archive = open_archive(args);
  if (!archive) return complain(archive.error());
  auto explanation = app::explain(*archive.value(), args.id, static_cast<std::size_t>(args.limit));
  if (!explanation) return complain(explanation.error());
  print(args.output == Output::kTable ? as_text(explanation.value())
                                      : structured(to_json(explanation.value()), args.output));
  return 0;
}

}  // namespace app::verbs
