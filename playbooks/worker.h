// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>

#include "base/metrics.h"
#include "base/task_group.h"
#include "bus/bus.h"
#include "playbooks/action_metrics.h"
#include "playbooks/playbooks.h"
#include "playbooks/stages/late_look.h"

namespace playbooks {

// The stage between events and findings: matches an event with the playbooks, runs their actions and emits one finding
// for it, or counts why there is none. A finding goes out by the event's deadline whatever its actions do; what comes
// of them within the late deadline follows as a finding that names it.
//
// Keeps no state of its own besides the playbooks and the calls that are late. Thread-safe, as bus::Handler says.
class Worker final : public bus::Handler {
 public:
  // Actions run on `executor`, which is the one that the stage runs on. `metrics` must outlive the worker.
  Worker(std::shared_ptr<const Playbooks> playbooks, base::Metrics& metrics, base::Executor executor);
  ~Worker() override;

  static bus::StageSpec stage();

  base::Task<base::Result<void>> on_record(const bus::Record& record, bus::Transaction& txn) override;
  base::Task<base::Result<void>> on_timer(const bus::Timer& timer, bus::Transaction& txn) override;
  void on_dead_letter(const bus::Record& record, const base::Error& error, bus::Transaction& txn) override;

  // What is handled from now on uses these; what runs finishes with the ones it began with.
  void replace(std::shared_ptr<const Playbooks> playbooks);
  // Ends actions that outlasted their events. Call it when the stage has been removed.
  base::Task<void> stop();

 private:
  std::shared_ptr<const Playbooks> current() const;

  mutable std::mutex mutex_;
  std::shared_ptr<const Playbooks> playbooks_;
  ActionMetrics action_metrics_;
  LateCalls late_calls_;
  LateServices late_services_{late_calls_, action_metrics_, late_actions_};
  base::TaskGroup late_actions_;
};

}  // namespace playbooks
