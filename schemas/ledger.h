// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace schemas::ledger {

// Names of the counters whose sums `tocsin ledger` compares. They are kept by the bus and move together with the
// records that they count (bus::Transaction::count), so a crash can't part them.
//
// Events:     received = in_incident + matched_nothing + silenced + limited + duplicate + heartbeat + dead_lettered +
//                        pending
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
// + "/beat", "/watchdog", "/armed": ours, no incident's.
inline constexpr std::string_view kHeartbeat = "events/heartbeat";
inline constexpr std::string_view kEventDeadLettered = "events/dead_lettered";         // + "/<reason>"
inline constexpr std::string_view kMade = "deliveries/made";                           // + "/<sink>"
inline constexpr std::string_view kDelivered = "deliveries/delivered";                 // + "/<sink>"
inline constexpr std::string_view kSuppressed = "deliveries/suppressed";               // + "/<sink>/<reason>"
inline constexpr std::string_view kDeliveryDeadLettered = "deliveries/dead_lettered";  // + "/<sink>/<reason>"

// The same events by where they came from, "sources/<source>/<outcome>"; and what became of the events that a playbook
// matched, "playbooks/<playbook>/told" or "/limited", "/silenced". An event that several playbooks match counts for
// each of them.
inline constexpr std::string_view kSources = "sources/";
inline constexpr std::string_view kPlaybooks = "playbooks/";

// "events/silenced" and "Watchdog" give "events/silenced/Watchdog".
inline std::string with(std::string_view counter, std::string_view detail) {
  return std::string(counter) + "/" + std::string(detail);
}

// The counter of one source beside the counter of all, without its detail: "events/silenced" and "grafana" give
// "sources/grafana/silenced".
inline std::string of_source(std::string_view source, std::string_view counter) {
  return with(std::string(kSources) + std::string(source), counter.substr(counter.find('/') + 1));
}

// Counts the end of an event, for all and for its source; an empty `source` is not known. `txn` is a bus::Transaction.
template <class Transaction>
void count_event(Transaction& txn, std::string_view source, std::string_view counter, std::string_view detail,
                 std::int64_t by = 1) {
  txn.count(detail.empty() ? std::string(counter) : with(counter, detail), by);
  if (!source.empty()) txn.count(of_source(source, counter), by);
}

}  // namespace schemas::ledger
