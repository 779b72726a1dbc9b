// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "schemas/transition.h"

namespace schemas {

// One transition to one sink. A record of topic `deliveries.<sink>` ("tocsin.delivery/1"), keyed by the incident.
struct Delivery {
  std::string id;  // Derived from transition and sink: the idempotency key, the same at every attempt.
  std::string sink;
  base::Time created;
  bool opening = false;  // The first that this sink hears of the incident, whatever the transition's state.
  // Of the sinks that take over from this one (`fallback`), those that get the transition anyway.
  std::vector<std::string> told_too = {};
  bool grouped = false;     // It has been through its group (`grouping`), which lets it be told.
  std::string thread = {};  // Where the sink tells it then, in the sink's own words; empty: by itself.
  Transition transition;
  std::string unknown = "{}";
};

enum class DeliveryOutcome { kDelivered, kSuppressed, kDeadLettered };
std::string_view to_string(DeliveryOutcome outcome);

// Enough to know an incident by: there is a receipt for every pair of transition and sink.
inline constexpr std::size_t kReceiptTitle = 150;

// How a delivery ended, or why a transition got none for a sink. A record of topic `receipts` ("tocsin.receipt/1"),
// keyed by the incident.
struct Receipt {
  std::string delivery_id;
  std::string transition_id;
  std::string incident_id;
  std::string sink;
  std::string state;     // What the incident did: "opened", ...
  std::string severity;  // The incident's, then.
  std::string title;     // The incident's, its first kReceiptTitle bytes.
  DeliveryOutcome outcome = DeliveryOutcome::kDelivered;
  std::string
      reason;  // Suppressed: "not_in_scope", "stopped_by:<sink>", "sink_removed", ...; dead-lettered: the error's.
  std::string detail;  // The other side's reply, or the error's message.
  int attempts = 0;
  base::Time at;
  std::string unknown = "{}";
};

// The receipt of a transition at a sink, as far as the transition says.
Receipt receipt_of(const Transition& transition, std::string delivery_id, std::string sink, DeliveryOutcome outcome);

std::string encode(const Delivery& delivery);
base::Result<Delivery> decode_delivery(std::string_view json);
std::string encode(const Receipt& receipt);
base::Result<Receipt> decode_receipt(std::string_view json);

}  // namespace schemas
