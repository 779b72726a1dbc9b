// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "schemas/delivery.h"
#include "schemas/topics.h"
#include "tests/fakes/fake_archive.h"

namespace fakes {

// Fills an archive with the story of one incident, the way the stages would write it.
class ToldIncident {
 public:
  explicit ToldIncident(FakeArchive& archive) : archive_(archive) {}

  static base::Time at(int minute) { return base::Time(std::chrono::minutes(30'000'000 + minute)); }

  schemas::Finding finding(const std::string& id, const std::string& event, int minute) {
    schemas::Finding made;
    made.id = id;
    made.event_id = event;
    made.title = "cart is down";
    made.severity = schemas::Severity::kHigh;
    made.created = at(minute);
    made.incident = {"key-1", "prod", "shop", "deployment", "cart", "crash_loop"};
    made.trace = {{"playbook", "everything", "matched", ""}};
    add(schemas::topics::kFindings, schemas::encode(made), minute);
    return made;
  }

  schemas::Transition transition(const std::string& id, schemas::TransitionState state, schemas::Finding cause) {
    schemas::Transition made;
    made.id = id;
    made.state = state;
    made.cause = "first_finding";
    made.at = cause.created;
    made.incident.id = "incident-1";
    made.incident.identity = cause.incident;
    made.incident.title = cause.title;
    made.incident.severity = cause.severity;
    made.incident.opened = at(0);
    made.finding = std::move(cause);
    add(schemas::topics::kTransitions, schemas::encode(made), 0);
    return made;
  }

  void receipt(const schemas::Transition& transition, const std::string& sink, schemas::DeliveryOutcome outcome,
               int minute, const std::string& reason = "") {
    auto made = schemas::receipt_of(transition, transition.id + "-" + sink, sink, outcome);
    made.reason = reason;
    made.at = at(minute);
    add(schemas::topics::kReceipts, schemas::encode(made), minute);
  }

  // A delivery of the sink that it has not come to.
  void pending(const schemas::Transition& transition, const std::string& sink, int minute) {
    schemas::Delivery made{transition.id + "-" + sink, sink, at(minute), false, {}, false, {}, transition};
    std::string topic = schemas::topics::deliveries(sink);
    archive_.records[topic];
    archive_.pending[{"sink." + sink, topic}].push_back({.time = at(minute), .key = "key-1", .value = encode(made)});
  }

  void add(std::string_view topic, std::string value, int minute) {
    auto& records = archive_.records[std::string(topic)];
    auto offset = static_cast<std::int64_t>(records.size());
    records.push_back({std::string(topic), 0, offset, at(minute), "key-1", std::move(value)});
  }

 private:
  FakeArchive& archive_;
};

}  // namespace fakes
