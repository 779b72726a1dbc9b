// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace schemas::topics {

// The topics between the stages. Every value is versioned JSON.
inline constexpr std::string_view kIntake = "intake";            // Bodies as accepted, keyed by alert group.
inline constexpr std::string_view kEvents = "events";            // Event, keyed by subject.
inline constexpr std::string_view kFindings = "findings";        // Finding, keyed by incident.
inline constexpr std::string_view kTransitions = "transitions";  // Transition, keyed by incident.
inline constexpr std::string_view kCommands = "commands";        // Command, keyed by incident.
inline constexpr std::string_view kReceipts = "receipts";        // Receipt, keyed by incident.
inline constexpr std::string_view kTraces = "traces";            // EventTrace, keyed by subject.

// Delivery, keyed by incident; a topic a sink, so that each is worked off at its own pace.
inline constexpr std::string_view kDeliveriesPrefix = "deliveries.";
inline std::string deliveries(std::string_view sink) { return std::string(kDeliveriesPrefix) + std::string(sink); }
// What of them is told in digests, keyed by the part of the sink that it goes to; a topic a sink too.
inline constexpr std::string_view kDigestsPrefix = "digests.";
inline std::string digests(std::string_view sink) { return std::string(kDigestsPrefix) + std::string(sink); }
// What of them goes through groups, keyed by group; a topic a sink that has `grouping`.
inline constexpr std::string_view kGroupsPrefix = "groups.";
inline std::string groups(std::string_view sink) { return std::string(kGroupsPrefix) + std::string(sink); }

// The sink whose topic it is, or an empty text.
inline std::string_view sink_of(std::string_view topic) {
  for (std::string_view prefix : {kDeliveriesPrefix, kDigestsPrefix, kGroupsPrefix}) {
    if (topic.starts_with(prefix)) return topic.substr(prefix.size());
  }
  return {};
}

}  // namespace schemas::topics
