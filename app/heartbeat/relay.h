// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "app/heartbeat/passes.h"
#include "app/heartbeat/rules.h"
#include "bus/bus.h"

namespace app::heartbeat {

// What one stage does with a record under one of our keys; whether a beat passed.
using Step = base::Result<bool> (*)(const bus::Record& record, const Rules& rules, bus::Transaction& txn);

// The steps of the stages, in order. The same beat from several processes is recognised by the first and ends there.
base::Result<bool> split(const bus::Record& record, const Rules& rules, bus::Transaction& txn);
base::Result<bool> play(const bus::Record& record, const Rules& rules, bus::Transaction& txn);
base::Result<bool> keep(const bus::Record& record, const Rules& rules, bus::Transaction& txn);
base::Result<bool> route(const bus::Record& record, const Rules& rules, bus::Transaction& txn);

// Stands before the handler of a stage: beats and what belongs to the watchdog's lease go on to the next stage in the
// same log, lanes and transactions as everything else, but open no incident; all other records are the handler's.
class Relay final : public bus::Handler {
 public:
  // All outlive it.
  Relay(std::string stage, bus::Handler& handler, Step step, Passes& passes, const CurrentRules& rules)
      : stage_(std::move(stage)), handler_(handler), step_(step), passes_(passes), rules_(rules) {}

  base::Task<base::Result<void>> on_record(const bus::Record& record, bus::Transaction& txn) override;
  base::Task<base::Result<void>> on_timer(const bus::Timer& timer, bus::Transaction& txn) override;
  void on_dead_letter(const bus::Record& record, const base::Error& error, bus::Transaction& txn) override;

 private:
  base::Task<base::Result<void>> relay(const bus::Record& record, bus::Transaction& txn);
  base::Task<base::Result<void>> end_lease(const bus::Timer& timer, bus::Transaction& txn);

  const std::string stage_;
  bus::Handler& handler_;
  const Step step_;
  Passes& passes_;
  const CurrentRules& rules_;
};

}  // namespace app::heartbeat
