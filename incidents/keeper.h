// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <string_view>

#include "base/metrics.h"
#include "base/result.h"
#include "base/task.h"
#include "base/time.h"
#include "bus/bus.h"

namespace incidents {

// What the keeper's rules leave open.
struct KeeperOptions {
  // How long after its end an incident opens again as itself; later, a new one begins. Also the silence after which an
  // incident closes whose open members are not all listed.
  base::Duration reopen_window = std::chrono::minutes(15);
  // Members listed in an incident; further ones are counted. A thousand fingerprints of 16 digits make 19 KB, which is
  // written with every finding of the incident.
  std::size_t max_members = 1000;
};

// Turns findings into the transitions of incidents: opened, updated, resolved, reopened. Repeats, flapping and end by
// silence are decided here and nowhere else.
//
// Handles the topics `findings` and `commands`, emits to `transitions`. State is one entry a key and is erased when the
// incident can't open again. A finding that was applied before changes nothing, so that reading it again after a crash
// is harmless. Every finding with an event is counted in the ledger once: as the cause of what it did, or as
// matched_nothing/ no_open_incident for a resolve of what is not open. A command is told as a transition with the last
// finding, once; one for an incident that is not there, or not open any more, is counted and dropped. `metrics` must
// outlive it.
class Keeper final : public bus::Handler {
 public:
  Keeper(KeeperOptions options, base::Metrics& metrics);

  base::Task<base::Result<void>> on_record(const bus::Record& record, bus::Transaction& txn) override;
  base::Task<base::Result<void>> on_timer(const bus::Timer& timer, bus::Transaction& txn) override;
  void on_dead_letter(const bus::Record& record, const base::Error& error, bus::Transaction& txn) override;

  // Whether commands are to be expected: then the last finding of an incident is kept, without its evidence (1 to 3 KB
  // that are written with every finding). Commands for what came before are not known.
  void expect_commands(bool expected) { expects_commands_ = expected; }

 private:
  base::Task<base::Result<void>> on_finding(const bus::Record& record, bus::Transaction& txn);
  base::Task<base::Result<void>> on_command(const bus::Record& record, bus::Transaction& txn);

  KeeperOptions options_;
  base::Metrics& metrics_;
  std::atomic<bool> expects_commands_ = false;
};

bus::StageSpec keeper_stage();

}  // namespace incidents
