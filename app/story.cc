// SPDX-License-Identifier: Apache-2.0
#include "app/story.h"

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "app/id_choice.h"
#include "base/hash.h"
#include "schemas/event.h"
#include "schemas/topics.h"
#include "schemas/trace.h"
#include "sinks/delivery/stage.h"

namespace app {

namespace {

namespace topics = schemas::topics;

schemas::Transition without_evidence(schemas::Transition transition) {
  transition.finding.enrichments.clear();
  transition.finding.missing.clear();
  transition.finding.trace.clear();
  return transition;
}

Story story_of(schemas::Finding finding) {
  Story story;
  story.event_id = std::move(finding.event_id);
  story.finding_id = std::move(finding.id);
  story.follows = std::move(finding.follows);
  story.outcome = !story.follows.empty() ? "follow_up" : finding.repeat ? "repeat" : "finding";
  story.steps = std::move(finding.trace);
  return story;
}

// The newest findings that `is_wanted`, newest first.
base::Result<std::vector<Story>> find_findings(const bus::Archive& archive, std::size_t at_most,
                                               const std::function<bool(const schemas::Finding&)>& is_wanted) {
  std::vector<Story> stories;
  BOOST_OUTCOME_TRY(archive.scan_newest_first(topics::kFindings, [&](const bus::Record& record) {
    auto finding = schemas::decode_finding(record.value);
    if (finding && is_wanted(finding.value())) stories.push_back(story_of(std::move(finding.value())));
    return stories.size() < at_most;
  }));
  return stories;
}

base::Result<std::optional<Story>> find_trace(const bus::Archive& archive, std::string_view id) {
  std::optional<Story> story;
  BOOST_OUTCOME_TRY(archive.scan_newest_first(topics::kTraces, [&](const bus::Record& record) {
    auto trace = schemas::decode_trace(record.value);
    if (!trace || trace.value().event_id != id) return true;
    auto& found = trace.value();
    story.emplace();
    story->event_id = std::move(found.event_id);
    story->outcome = std::move(found.outcome);
    story->rule = std::move(found.rule);
    story->steps = std::move(found.steps);
    return false;
  }));
  return story;
}

// An event that no stage has come to yet.
base::Result<std::optional<Story>> find_pending(const bus::Archive& archive, std::string_view id) {
  std::optional<Story> story;
  BOOST_OUTCOME_TRY(archive.scan_pending("playbooks", topics::kEvents, [&](const bus::Record& record) {
    auto event = schemas::decode_event(record.value);
    if (!event || event.value().id != id) return true;
    story.emplace();
    story->event_id = event.value().id;
    story->outcome = "pending";
    return false;
  }));
  return story;
}

// The incident with this id, or the newest whose identity has this key; as its last transition left it.
base::Result<std::optional<schemas::Incident>> find_incident(const bus::Archive& archive, std::string_view id) {
  std::optional<schemas::Incident> incident;
  BOOST_OUTCOME_TRY(archive.scan_newest_first(topics::kTransitions, [&](const bus::Record& record) {
    auto transition = schemas::decode_transition(record.value);
    if (!transition) return true;
    auto& found = transition.value().incident;
    if (found.id == id || found.identity.key == id) incident = std::move(found);
    return !incident;
  }));
  return incident;
}

// The findings that belong to one episode: those after the end of it belong to the next.
base::Result<std::vector<Story>> stories_of(const bus::Archive& archive, const schemas::Incident& incident,
                                            std::size_t at_most) {
  std::set<std::string> ids;
  BOOST_OUTCOME_TRY(archive.scan(topics::kTransitions, 0, [&](const bus::Record& record) {
    if (record.key != incident.identity.key) return true;
    auto transition = schemas::decode_transition(record.value);
    if (transition && transition.value().incident.id == incident.id) ids.insert(transition.value().finding.id);
    return true;
  }));
  base::Time end = incident.resolved.value_or(base::Time::max());
  BOOST_OUTCOME_TRY(auto stories, find_findings(archive, at_most, [&](const schemas::Finding& finding) {
                      if (finding.incident.key != incident.identity.key) return false;
                      return ids.contains(finding.id) || (finding.created >= incident.opened && finding.created <= end);
                    }));
  std::reverse(stories.begin(), stories.end());
  return stories;
}

// What the incident and the sinks made of the findings.
base::Result<void> follow(const bus::Archive& archive, std::vector<Story>& stories) {
  std::map<std::string, Story*> by_finding;
  std::map<std::string, Story*> by_transition;
  for (Story& story : stories) {
    if (!story.finding_id.empty()) by_finding.emplace(story.finding_id, &story);
  }
  if (by_finding.empty()) return base::ok();
  BOOST_OUTCOME_TRY(archive.scan(topics::kTransitions, 0, [&](const bus::Record& record) {
    auto transition = schemas::decode_transition(record.value);
    if (!transition) return true;
    auto found = by_finding.find(transition.value().finding.id);
    if (found == by_finding.end()) return true;
    by_transition.emplace(transition.value().id, found->second);
    found->second->transitions.push_back(without_evidence(std::move(transition.value())));
    return true;
  }));
  BOOST_OUTCOME_TRY(archive.scan(topics::kReceipts, 0, [&](const bus::Record& record) {
    auto receipt = schemas::decode_receipt(record.value);
    if (!receipt) return true;
    auto found = by_transition.find(receipt.value().transition_id);
    if (found != by_transition.end()) found->second->receipts.push_back(std::move(receipt.value()));
    return true;
  }));
  BOOST_OUTCOME_TRY(auto names, archive.topics());
  for (const std::string& topic : names) {
    if (!topic.starts_with(topics::kDeliveriesPrefix)) continue;
    auto sink = topic.substr(topics::kDeliveriesPrefix.size());
    BOOST_OUTCOME_TRY(sinks::scan_pending_deliveries(archive, sink, [&](const std::string& value) {
      auto delivery = schemas::decode_delivery(value);
      if (!delivery) return;
      auto found = by_transition.find(delivery.value().transition.id);
      if (found == by_transition.end()) return;
      delivery.value().transition = without_evidence(std::move(delivery.value().transition));
      found->second->pending.push_back(std::move(delivery.value()));
    }));
  }
  return base::ok();
}

// Evidence that followed these findings: newer than they are.
base::Result<void> add_followers(const bus::Archive& archive, std::size_t at_most, std::vector<Story>& stories) {
  std::set<std::string> ids;
  for (const Story& story : stories) ids.insert(story.finding_id);
  auto left = ids;
  std::vector<Story> followers;
  BOOST_OUTCOME_TRY(archive.scan_newest_first(topics::kFindings, [&](const bus::Record& record) {
    auto finding = schemas::decode_finding(record.value);
    if (!finding) return true;
    left.erase(finding.value().id);
    if (ids.contains(finding.value().follows)) followers.push_back(story_of(std::move(finding.value())));
    return !left.empty() && followers.size() < at_most;
  }));
  stories.insert(stories.end(), std::make_move_iterator(followers.rbegin()), std::make_move_iterator(followers.rend()));
  return base::ok();
}

// What an arrival of an event came to.
std::string as_what(const std::vector<Story>& stories, const schemas::Event& event, bool is_pending) {
  if (is_pending) return "pending";
  if (stories.front().finding_id.empty()) return stories.front().outcome;
  // As the playbooks stage derives it: an event that comes again later makes another finding.
  auto finding = base::derive_id({"finding", event.id, base::to_rfc3339(event.received)});
  for (const Story& story : stories) {
    if (story.finding_id == finding) return story.outcome;
  }
  return "duplicate";
}

// The times that the event of these stories came.
base::Result<void> add_arrivals(const bus::Archive& archive, Explanation& explanation) {
  const std::string& id = explanation.stories.front().event_id;
  if (id.empty()) return base::ok();
  std::set<std::pair<std::int32_t, std::int64_t>> pending;
  bool are_pending = true;
  auto visit = [&](const bus::Record& record) {
    // Most records are not even decoded.
    if (record.value.find(id) == std::string::npos) return true;
    auto event = schemas::decode_event(record.value);
    if (!event || event.value().id != id) return true;
    std::pair place(record.partition, record.offset);
    if (are_pending) {
      pending.insert(place);
    } else {
      auto what = as_what(explanation.stories, event.value(), pending.contains(place));
      explanation.arrivals.push_back({event.value().received, std::move(what)});
    }
    return true;
  };
  BOOST_OUTCOME_TRY(archive.scan_pending("playbooks", topics::kEvents, visit));
  are_pending = false;
  return archive.scan(topics::kEvents, 0, visit);
}

nlohmann::json to_json(const Story& story) {
  nlohmann::json json = {
      {"event_id", story.event_id}, {"finding_id", story.finding_id}, {"outcome", story.outcome}, {"rule", story.rule}};
  if (!story.follows.empty()) json["follows"] = story.follows;
  json["steps"] = nlohmann::json::array();
  for (const auto& step : story.steps) {
    json["steps"].push_back(
        {{"stage", step.stage}, {"rule", step.rule}, {"outcome", step.outcome}, {"detail", step.detail}});
  }
  json["transitions"] = nlohmann::json::array();
  for (const auto& transition : story.transitions) {
    json["transitions"].push_back({{"id", transition.id},
                                   {"incident", transition.incident.id},
                                   {"state", schemas::to_string(transition.state)},
                                   {"cause", transition.cause},
                                   {"at", base::to_rfc3339(transition.at)}});
    if (transition.command) json["transitions"].back()["by"] = person_of(*transition.command);
  }
  json["receipts"] = nlohmann::json::array();
  for (const auto& receipt : story.receipts) {
    json["receipts"].push_back(nlohmann::json::parse(schemas::encode(receipt)));
  }
  json["pending"] = nlohmann::json::array();
  for (const auto& delivery : story.pending) {
    json["pending"].push_back({{"delivery_id", delivery.id},
                               {"transition_id", delivery.transition.id},
                               {"sink", delivery.sink},
                               {"created", base::to_rfc3339(delivery.created)}});
  }
  return json;
}

// The stories of a finding, or of all findings of an event.
base::Result<std::vector<Story>> find_stories(const bus::Archive& archive, std::string_view id, std::size_t at_most) {
  std::optional<std::string> event;
  bool is_found = false;
  BOOST_OUTCOME_TRY(auto stories, find_findings(archive, at_most, [&](const schemas::Finding& finding) {
                      if (event) return finding.event_id == *event;
                      if (is_found) return false;
                      is_found = finding.id == id;
                      if (is_found || finding.event_id != id) return is_found;
                      event = finding.event_id;
                      return true;
                    }));
  std::reverse(stories.begin(), stories.end());
  if (!stories.empty()) {
    BOOST_OUTCOME_TRY(add_followers(archive, at_most, stories));
    return stories;
  }
  BOOST_OUTCOME_TRY(auto found, find_trace(archive, id));
  if (!found) {
    BOOST_OUTCOME_TRY(found, find_pending(archive, id));
  }
  if (found) stories.push_back(std::move(*found));
  return stories;
}

// The one id that begins so. The episodes of one incident are the same where its identity's key is asked for.
base::Result<std::string> full_id(const bus::Archive& archive, std::string_view begin) {
  IdChoice choice{std::string(begin)};
  BOOST_OUTCOME_TRY(archive.scan_newest_first(topics::kFindings, [&](const bus::Record& record) {
    auto finding = schemas::decode_finding(record.value);
    return !finding || (choice.offer("finding", finding.value().id) && choice.offer("event", finding.value().event_id));
  }));
  if (choice.is_made()) return std::string(begin);
  BOOST_OUTCOME_TRY(archive.scan_newest_first(topics::kTraces, [&](const bus::Record& record) {
    auto trace = schemas::decode_trace(record.value);
    return !trace || choice.offer("event", trace.value().event_id);
  }));
  BOOST_OUTCOME_TRY(archive.scan_pending("playbooks", topics::kEvents, [&](const bus::Record& record) {
    auto event = schemas::decode_event(record.value);
    return !event || choice.offer("event", event.value().id);
  }));
  BOOST_OUTCOME_TRY(archive.scan_newest_first(topics::kTransitions, [&](const bus::Record& record) {
    auto transition = schemas::decode_transition(record.value);
    if (!transition) return true;
    const auto& incident = transition.value().incident;
    bool is_by_key = incident.identity.key.starts_with(begin) && incident.id != begin;
    return choice.offer("incident", is_by_key ? incident.identity.key : incident.id);
  }));
  return choice.take("no event, finding or incident has an id like");
}

}  // namespace

base::Result<Explanation> explain(const bus::Archive& archive, std::string_view begin, std::size_t max_stories) {
  Explanation explanation;
  BOOST_OUTCOME_TRY(auto id, full_id(archive, begin));
  BOOST_OUTCOME_TRY(explanation.stories, find_stories(archive, id, max_stories));
  if (explanation.stories.empty()) {
    BOOST_OUTCOME_TRY(explanation.incident, find_incident(archive, id));
    if (!explanation.incident) {
      return base::permanent(base::Reason::kNotFound, "no event, finding or incident has an id like " + id);
    }
    BOOST_OUTCOME_TRY(explanation.stories, stories_of(archive, *explanation.incident, max_stories));
  }
  BOOST_OUTCOME_TRY(follow(archive, explanation.stories));
  if (!explanation.incident) {
    BOOST_OUTCOME_TRY(add_arrivals(archive, explanation));
  }
  return explanation;
}

nlohmann::json to_json(const Explanation& explanation) {
  nlohmann::json list = nlohmann::json::array();
  for (const Story& story : explanation.stories) list.push_back(to_json(story));
  if (explanation.incident) return {{"incident", schemas::to_json(*explanation.incident)}, {"stories", list}};
  nlohmann::json json = list.at(0);
  json["repeats"] = json["follow_ups"] = nlohmann::json::array();
  for (std::size_t i = 1; i < list.size(); ++i) {
    json[list[i].contains("follows") ? "follow_ups" : "repeats"].push_back(std::move(list[i]));
  }
  json["arrivals"] = nlohmann::json::array();
  for (const auto& arrival : explanation.arrivals) {
    json["arrivals"].push_back({{"at", base::to_rfc3339(arrival.at)}, {"as", arrival.as}});
  }
  return json;
}

}  // namespace app
