// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/clock.h"
#include "base/rng.h"
#include "base/task_group.h"
#include "sinks/delivery/health.h"
#include "sinks/sink.h"

namespace sinks {

// Asks a sink, when it begins, whether it will take what is sent, so that a wrong token is known before the first alert
// meets it. A sink that says no is sick, and is asked again until it says yes; deliveries are tried meanwhile.
class FirstLook {
 public:
  // What is passed outlives it.
  FirstLook(std::string sink, Sink& asked, HealthBoard& health, base::Clock& clock, base::Rng& rng,
            base::Executor executor);

  void begin();
  base::Task<void> stop();

 private:
  base::Task<void> ask_until_well();

  const std::string sink_;
  Sink& asked_;
  HealthBoard& health_;
  base::Clock& clock_;
  base::Rng& rng_;
  base::TaskGroup tasks_;  // Last: runs on the fields above.
};

}  // namespace sinks
