// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "app/heartbeat/passes.h"
#include "bus/bus.h"

namespace app::heartbeat {

// Stands before the handler of a sink's stage, which handles everything: notes each beat that it writes the receipt of
// a delivery for.
class DeliveredBeats final : public bus::Handler {
 public:
  // `sink` as sink_name() has it. The others outlive it.
  DeliveredBeats(std::string_view sink, bus::Handler& handler, Passes& passes);

  base::Task<base::Result<void>> on_record(const bus::Record& record, bus::Transaction& txn) override;
  base::Task<base::Result<void>> on_timer(const bus::Timer& timer, bus::Transaction& txn) override;
  void on_dead_letter(const bus::Record& record, const base::Error& error, bus::Transaction& txn) override;

 private:
  const std::string stage_;
  bus::Handler& handler_;
  Passes& passes_;
};

}  // namespace app::heartbeat
