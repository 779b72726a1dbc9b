// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "bus/archive.h"
#include "schemas/delivery.h"
#include "schemas/severity.h"

namespace app {

// Which deliveries are asked for; what is empty asks nothing.
struct HistoryFilter {
  std::set<std::string> sinks;     // As sink_name() has them.
  std::set<std::string> outcomes;  // "delivered", "suppressed", "dead_lettered", "pending".
  std::set<std::string> states;    // "opened", "updated", "resolved", "reopened".
  std::string incident;            // The beginning of an incident's id or of its identity's key.
  std::optional<schemas::Severity> at_least;
  std::optional<base::Time> since;
};

// How one delivery ended, or that it has not. A pending one has the time at which it was made, and no attempts: they
// are counted when it is done.
struct HistoryLine {
  schemas::Receipt receipt;
  std::string incident_key;
  bool is_pending = false;

  std::string outcome() const;
};

// The newest `limit` deliveries that pass the filter, oldest first. Reads receipts back to `since` or until it has
// enough, and what is pending.
base::Result<std::vector<HistoryLine>> read_history(const bus::Archive& archive, const HistoryFilter& filter,
                                                    std::size_t limit);

// The receipt (tocsin.receipt/1) with `incident_key`, and "pending" as an outcome of its own,
// which has no "attempts".
nlohmann::json to_json(const HistoryLine& line);

}  // namespace app
