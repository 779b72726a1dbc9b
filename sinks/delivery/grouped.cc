// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "schemas/codec/fields.h"
#include "schemas/topics.h"
#include "sinks/delivery/telling.h"
#include "sinks/delivery/worker.h"
#include "sinks/grouping/summary.h"

namespace sinks {

using nlohmann::json;

namespace {

// Incident → its group.
constexpr std::string_view kTable = "group";

struct Group {
  std::string key;
  std::string name;
};

std::optional<Group> known_group(const std::string* text) {
  if (!text) return std::nullopt;
  Group group;
  auto is_read = schemas::codec::read_text(*text, "group of an incident", [&](schemas::codec::Fields& in) {
    in.required("key", group.key);
    in.required("name", group.name);
  });
  return is_read ? std::optional(group) : std::nullopt;
}

}  // namespace

// Not what somebody asked, nor a heartbeat: they are about no group.
bool DeliveryWorker::goes_through_group(const schemas::Delivery& delivery) const {
  const auto& transition = delivery.transition;
  return sender_.options().grouping && !delivery.grouped && !transition.command && !schemas::is_heartbeat(transition);
}

// What follows of an incident goes through the group of its opening, so that it stays in order whatever becomes of its
// labels.
void DeliveryWorker::hand_to_group(const schemas::Delivery& delivery, bus::Transaction& txn) {
  const Grouping& grouping = *sender_.options().grouping;
  const auto& transition = delivery.transition;
  const std::string& id = transition.incident.id;
  auto lane = sender_.lane(delivery);
  const std::string* text = txn.get(kTable, id);
  const Group group = known_group(text).value_or(Group{grouping.key(transition, lane), grouping.name(transition)});
  GroupedDelivery grouped{.name = group.name,
                          .row = grouping.row(transition),
                          .folded = fold(delivery, lane, is_urgent(delivery)),
                          .delivery = {}};
  grouped.folded.incident_key = txn.key();
  // What this sink hears of for the first time fires, whatever happens to it; what it is reminded of has been counted.
  using schemas::TransitionState;
  if (transition.cause == "still_open") {
    grouped.folded.state = TransitionState::kUpdated;
  } else if (delivery.opening && transition.state == TransitionState::kUpdated) {
    grouped.folded.state = TransitionState::kOpened;
  }
  if (!grouping.is_summary || grouping.threaded) grouped.delivery = delivery;
  txn.emit(schemas::topics::groups(sender_.options().sink), group.key, encode(grouped));
  if (transition.state == schemas::TransitionState::kResolved) {
    if (text) txn.erase(kTable, id);
  } else {
    if (!text) txn.put(kTable, id, json{{"key", group.key}, {"name", group.name}}.dump());
    txn.set_timer(Tellings::kExpireTimer, txn.now() + Tellings::kKeepUntold);
  }
}

void DeliveryWorker::forget_groups(bus::Transaction& txn) {
  for (const auto& [incident, group] : txn.entries(kTable)) txn.erase(kTable, incident);
}

}  // namespace sinks
