// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "base/metrics.h"
#include "base/rng.h"
#include "base/task.h"

namespace sinks {

// What a listener needs of the process; outlives it.
struct Ears {
  std::string name;  // For logs and metrics: the sink's.
  // Takes what was said; true once it may be acknowledged: it is durable, or asks for nothing.
  std::function<base::Task<bool>(std::string payload)> take;
  base::Metrics& metrics;
  base::Rng& rng;
};

// A connection of our own over which people say something back. It lives as long as it is wanted: whatever happens to
// it, it is opened again.
class Listener {
 public:
  struct State {
    bool is_connected = false;
    std::string detail = {};  // Why not, or since when it is tried.
  };

  virtual ~Listener() = default;

  // Listens until stop(). Once. Can't be cancelled otherwise.
  virtual base::Task<void> run() = 0;
  // Says goodbye: run() ends within seconds. From any thread; also before run().
  virtual void stop() = 0;
  // From any thread.
  virtual State state() const = 0;
};

}  // namespace sinks
