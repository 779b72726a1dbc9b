// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/heartbeat/beat.h"
#include "app/heartbeat/heartbeat_section.h"
#include "app/heartbeat/passes.h"
#include "app/routes.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/task_group.h"
#include "bus/bus.h"
#include "ingest/watchdog.h"

namespace app::heartbeat {

// What the configuration says of it, and whether this process takes in events.
struct HeartOptions {
  std::optional<HeartbeatSection> section;
  std::optional<ingest::Watchdog> watchdog;
  bool beats = true;      // It puts beats into the log: the processes that take in alerts do.
  bool is_shared = true;  // Other processes have stages too: what passed is told to them, over a broadcast topic.
};

// Puts one beat a period into the log, as a webhook would, and knows from the passes of all processes at which stage
// beats stopped. Thread-safe but for start() and use().
class Heart {
 public:
  // All outlive it.
  Heart(bus::Bus& bus, base::Clock& clock, base::Metrics& metrics, Passes& passes, base::Executor executor);

  // With a bus that has started.
  void start(HeartOptions options);
  // Another configuration.
  base::Task<void> use(HeartOptions options);
  base::Task<void> stop();

  // What /readyz says of the heartbeat; nullopt without one. It names the first stage that no beat passed for two
  // periods. It does not decide: a process that is not ready gets no alerts, and would be no better for it.
  std::optional<Check> check() const;

 private:
  base::Task<void> beat(base::Duration every);
  base::Task<void> publish(base::Duration every);
  base::Task<void> arm();
  base::Task<base::Result<void>> append(std::string key, std::string body);
  std::map<std::string, Pass> passes() const;

  bus::Bus& bus_;
  base::Clock& clock_;
  prometheus::Counter& sent_;
  prometheus::Counter& failed_;
  Passes& passes_;
  const base::Executor executor_;
  mutable std::mutex mutex_;  // Guards the three below.
  HeartOptions options_;
  base::Time since_;
  std::shared_ptr<bus::BroadcastTable> others_;  // Null: there are none.
  std::unique_ptr<base::TaskGroup> tasks_;       // Last: runs on the fields above.
};

}  // namespace app::heartbeat
