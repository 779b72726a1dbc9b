// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/metrics.h"

namespace bus::stage {

// The metrics of one stage. Lanes of a stage share them: gauges are moved, not set.
struct StageMetrics {
  StageMetrics(base::Metrics& to, const std::string& stage)
      : lag(to.gauge("tocsin_bus_stage_lag", "Records a stage has still to handle.", {{"stage", stage}})),
        running(to.gauge("tocsin_bus_stage_running", "Handler calls running.", {{"stage", stage}})),
        handled(to.counter("tocsin_bus_stage_handled_total", "Records and timers handled.", {{"stage", stage}})),
        retries(to.counter("tocsin_bus_stage_retries_total", "Handler calls that failed and are tried again.",
                           {{"stage", stage}})),
        dead_letters(to.counter("tocsin_bus_stage_dead_letters_total", "Records given up.", {{"stage", stage}})),
        timers(to.gauge("tocsin_bus_stage_timer_keys",
                        "Keys whose next timer is held in memory: those that are due next.", {{"stage", stage}})) {}

  prometheus::Gauge& lag;
  prometheus::Gauge& running;
  prometheus::Counter& handled;
  prometheus::Counter& retries;
  prometheus::Counter& dead_letters;
  prometheus::Gauge& timers;
};

}  // namespace bus::stage
