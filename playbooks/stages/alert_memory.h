// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "bus/transaction.h"
#include "enrichers/action.h"
#include "playbooks/options.h"
#include "schemas/event.h"
#include "schemas/finding.h"

namespace playbooks {

// What actions said instead of the alert: kept, so that a repeat and the resolve say the same.
struct Overrides {
  std::optional<std::string> title;
  std::optional<std::string> description;
  std::optional<std::string> aggregation_key;
  std::optional<schemas::Severity> severity;
  schemas::Labels labels;

  void note(const enrichers::Contribution& contribution);
  void apply(schemas::Finding& finding) const;
};

// What is remembered of one alert between its notifications: an entry of the stage's table "alerts", named by the
// alert's fingerprint, and a timer that ends it (docs/formats/playbooks-state.md).
struct AlertMemory {
  struct Seen {
    std::string event_id;
    base::Time received;
  };

  std::vector<Seen> seen;                             // The last events taken, newest last.
  std::string told;                                   // The firing event that last made a finding; empty: none.
  bool resolved = false;                              // The last event taken was its end.
  base::Time starts_at;                               // Of the last event taken.
  std::optional<schemas::IncidentIdentity> incident;  // Chosen when it was told.
  std::vector<std::string> sinks;                     // As the finding that told it had them.
  Overrides overrides;

  // Whether the event was taken within `window`, or is another notice of an end that was taken.
  bool is_duplicate(const schemas::Event& event, base::Duration window) const;
  // Whether it is what was told already: Alertmanager's repeat_interval.
  bool is_repeat(const schemas::Event& event) const;
  void take(const schemas::Event& event);
};

// Empty if nothing is remembered.
AlertMemory recall(const bus::Transaction& txn, const schemas::Event& event);
// Keeps it until its time is over, as the options say.
void remember(bus::Transaction& txn, const schemas::Event& event, const AlertMemory& memory,
              const PlaybooksOptions& options);
// For the timers that remember() sets: true if `timer` was one of them.
bool forget(bus::Transaction& txn, const bus::Timer& timer);

}  // namespace playbooks
