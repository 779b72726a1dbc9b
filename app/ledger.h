// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/result.h"
#include "bus/archive.h"

namespace app {

// One of the two sums that must come out even: what came in, and what became of it.
struct Account {
  struct Outcome {
    std::int64_t total = 0;
    std::map<std::string, std::int64_t> by_reason;
  };

  std::int64_t in = 0;
  std::map<std::string, Outcome> outcomes;  // "pending" among them.

  void add(const std::string& outcome, const std::string& reason, std::int64_t count);
  // What came in and is in no outcome: 0 in a pipeline that loses nothing.
  std::int64_t difference() const;
};

// The two accounts of a log.
struct Ledger {
  Account events;
  Account deliveries;

  std::int64_t difference() const;
};

// Adds up the bus's counters, and counts what is pending record by record, as of one moment.
base::Result<Ledger> read_ledger(bus::Archive& archive);

nlohmann::json to_json(const Ledger& ledger);

}  // namespace app
