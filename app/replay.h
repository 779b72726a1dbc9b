// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "app/recording.h"
#include "base/result.h"

namespace app {

// What a replay was told.
struct ReplaySettings {
  std::string config;
  std::string data_dir;                         // Where the log is kept: new or empty.
  double speed = 0;                             // Times real time; 0: as fast as it goes.
  base::Duration tail = std::chrono::hours(1);  // How long the clock runs on after the last input.
};

// What a replay played.
struct ReplayCounts {
  std::int64_t inputs = 0;
  std::int64_t events = 0;
};

// Plays a recording through the same stages as `run`, on a clock that moves from input to input and from timer to
// timer, so that the same recording gives the same records. Outside questions are answered from the recording; nothing
// is sent: every sink accepts what it would have been told. That would end the deliveries of a log that is there
// already, so a data directory with anything in it is refused. Blocks until it is over. Problems of the configuration
// go to standard error.
base::Result<ReplayCounts> replay(const ReplaySettings& settings, Recording recording);

}  // namespace app
