// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/result.h"
#include "bus/archive.h"
#include "ingest/splitter.h"

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

// The two accounts of a log, and the same broken down. An account of a part has no reasons where the parts don't count
// them. Its difference is 0 too, but for what came before parts were counted.
struct Ledger {
  Account events;
  Account deliveries;
  std::map<std::string, Account> sources;  // Events by where they came from.
  std::map<std::string, Account> sinks;    // Deliveries by sink.
  // What became of the events that a playbook matched: "told", "limited", "silenced". One that several match is in
  // each.
  std::map<std::string, std::map<std::string, std::int64_t>> playbooks;

  std::int64_t difference() const;
};

// Adds up the bus's counters, and counts what is pending record by record, as of one moment.
base::Result<Ledger> read_ledger(bus::Archive& archive);

// {"events": {...}, "deliveries": {...}, "difference": 0, "sources": {...}, "playbooks": {...}, "sinks": {...}}.
nlohmann::json to_json(const Ledger& ledger);

// How many events of which source a record of the topics `intake`, `events` and `findings` stands for.
ingest::Weight weigh_event(std::string_view topic, std::string_view value);

}  // namespace app
