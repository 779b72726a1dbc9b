// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>
#include <optional>

#include "app/table.h"
#include "app/verbs/looking.h"
#include "app/verbs/verbs.h"
#include "schemas/delivery.h"
#include "schemas/finding.h"
#include "schemas/topics.h"
#include "schemas/trace.h"
#include "schemas/transition.h"

namespace app::verbs {

namespace {

// Everything the log knows of what became of one event.
struct Story {
  std::string event_id;
  std::string finding_id;  // Empty: the event made none.
  std::string outcome;
  std::string rule;
  std::vector<schemas::TraceStep> steps;
  std::vector<schemas::Transition> transitions;
  std::vector<schemas::Receipt> receipts;
};

base::Result<std::optional<Story>> find_finding(const bus::Archive& archive, const std::string& id) {
  std::optional<Story> story;
  BOOST_OUTCOME_TRY(archive.scan_newest_first(schemas::topics::kFindings, [&](const bus::Record& record) {
    auto finding = schemas::decode_finding(record.value);
    if (!finding) return true;
    auto& found = finding.value();
    if (found.id.starts_with(id) || found.event_id.starts_with(id)) {
      story = Story{found.event_id, found.id, found.repeat ? "repeat" : "finding", "", std::move(found.trace), {}, {}};
    }
    return !story;
  }));
  return story;
}

base::Result<std::optional<Story>> find_trace(const bus::Archive& archive, const std::string& id) {
  std::optional<Story> story;
  BOOST_OUTCOME_TRY(archive.scan_newest_first(schemas::topics::kTraces, [&](const bus::Record& record) {
    auto trace = schemas::decode_trace(record.value);
    if (trace && trace.value().event_id.starts_with(id)) {
      auto& found = trace.value();
      story = Story{found.event_id, "", found.outcome, found.rule, std::move(found.steps), {}, {}};
    }
    return !story;
  }));
  return story;
}

// What the incident and the sinks made of the finding.
base::Result<void> follow(const bus::Archive& archive, Story& story) {
  BOOST_OUTCOME_TRY(archive.scan(schemas::topics::kTransitions, 0, [&](const bus::Record& record) {
    auto transition = schemas::decode_transition(record.value);
    if (transition && transition.value().finding.id == story.finding_id) {
      story.transitions.push_back(std::move(transition.value()));
    }
    return true;
  }));
  return archive.scan(schemas::topics::kReceipts, 0, [&](const bus::Record& record) {
    auto receipt = schemas::decode_receipt(record.value);
    for (const auto& transition : story.transitions) {
      if (receipt && receipt.value().transition_id == transition.id) story.receipts.push_back(receipt.value());
    }
    return true;
  });
}

std::string as_text(const Story& story) {
  std::string text = "event    " + story.event_id + "\nfinding  " +
                     (story.finding_id.empty() ? "none: " + story.outcome + " " + story.rule : story.finding_id) +
                     "\n\n";
  Table steps({"STAGE", "RULE", "OUTCOME", "DETAIL"});
  for (const auto& step : story.steps) steps.add({step.stage, step.rule, step.outcome, shorten(step.detail, 80)});
  for (const auto& transition : story.transitions) {
    steps.add({"incident", short_id(transition.incident.id), std::string(schemas::to_string(transition.state)),
               transition.cause});
  }
  for (const auto& receipt : story.receipts) {
    steps.add({"sink", receipt.sink, std::string(schemas::to_string(receipt.outcome)),
               shorten(receipt.reason + (receipt.detail.empty() ? "" : " " + receipt.detail), 80)});
  }
  return text + steps.to_string();
}

nlohmann::json as_json(const Story& story) {
  nlohmann::json json = {
      {"event_id", story.event_id}, {"finding_id", story.finding_id}, {"outcome", story.outcome}, {"rule", story.rule}};
  for (const auto& step : story.steps) {
    json["steps"].push_back(
        {{"stage", step.stage}, {"rule", step.rule}, {"outcome", step.outcome}, {"detail", step.detail}});
  }
  for (const auto& transition : story.transitions) {
    json["transitions"].push_back({{"id", transition.id},
                                   {"incident", transition.incident.id},
                                   {"state", schemas::to_string(transition.state)},
                                   {"cause", transition.cause}});
  }
  for (const auto& receipt : story.receipts)
    json["receipts"].push_back(nlohmann::json::parse(schemas::encode(receipt)));
  return json;
}

}  // namespace

int explain(const LookArgs& args) {
  auto archive = open_archive(args);
  if (!archive) return complain(archive.error());
  auto story = find_finding(*archive.value(), args.id);
  if (story && !story.value()) story = find_trace(*archive.value(), args.id);
  if (!story) return complain(story.error());
  if (!story.value()) {
    return complain(base::permanent(base::Reason::kNotFound, "no event and no finding has an id like " + args.id));
  }
  if (!story.value()->finding_id.empty()) {
    if (auto followed = follow(*archive.value(), *story.value()); !followed) return complain(followed.error());
  }
  print(args.output == Output::kTable ? as_text(*story.value()) : structured(as_json(*story.value()), args.output));
  return 0;
}

}  // namespace app::verbs
