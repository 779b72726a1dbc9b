// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace schemas::ledger {

// Names of the counters whose sums `tocsin ledger` compares. They are kept by the bus and move together with the
// records that they count (bus::Transaction::count), so a crash can't part them.
//
// Events:     received = in_incident + matched_nothing + silenced + limited + duplicate + dead_lettered + pending
// Deliveries: made     = delivered + suppressed + dead_lettered + pending
// Pending is not a counter: it is counted from the records that no stage is done with.
//
// A delivery is made for each pair of transition and sink when routing has decided: one for a sink that is not told
// counts as made and as suppressed, with routing's reason.
inline constexpr std::string_view kReceived = "events/received";
inline constexpr std::string_view kInIncident = "events/in_incident";  // + "/opened", "/updated", "/repeat", ...
inline constexpr std::string_view kMatchedNothing = "events/matched_nothing";
inline constexpr std::string_view kSilenced = "events/silenced";    // + "/<rule>"
inline constexpr std::string_view kLimited = "events/limited";      // + "/<playbook>"
inline constexpr std::string_view kDuplicate = "events/duplicate";  // The same event within the dedup window.
inline constexpr std::string_view kEventDeadLettered = "events/dead_lettered";         // + "/<reason>"
inline constexpr std::string_view kMade = "deliveries/made";                           // + "/<sink>"
inline constexpr std::string_view kDelivered = "deliveries/delivered";                 // + "/<sink>"
inline constexpr std::string_view kSuppressed = "deliveries/suppressed";               // + "/<sink>/<reason>"
inline constexpr std::string_view kDeliveryDeadLettered = "deliveries/dead_lettered";  // + "/<sink>/<reason>"

// "events/silenced" and "Watchdog" give "events/silenced/Watchdog".
inline std::string with(std::string_view counter, std::string_view detail) {
  return std::string(counter) + "/" + std::string(detail);
}

}  // namespace schemas::ledger
