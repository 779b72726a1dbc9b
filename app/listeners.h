// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/clicks.h"
#include "app/routes.h"
#include "base/metrics.h"
#include "base/rng.h"
#include "base/task_group.h"
#include "sinks/listener.h"

namespace app {

// The connections over which clicks come to this process: one for each line of the sinks' inboxes. What comes goes to
// Clicks. Thread-safe.
class Listeners {
 public:
  // All outlive it. Connections run on `network`.
  Listeners(Clicks& clicks, base::Metrics& metrics, base::Rng& rng, base::Executor network)
      : clicks_(clicks), metrics_(metrics), rng_(rng), tasks_(std::move(network)) {}

  // From now on those of these: a line that was there stays as it is, others are opened and closed.
  void use(const Clicks::Inboxes& inboxes);
  // How each one is; none decides whether the process is ready.
  std::vector<Check> checks() const;
  // Closes all, and none is opened any more.
  base::Task<void> stop();

 private:
  struct Line {
    std::string sink;  // The first that uses it.
    std::shared_ptr<sinks::Listener> listener;
  };
  std::shared_ptr<sinks::Listener> open(const std::string& sink, const sinks::Inbox& inbox);

  Clicks& clicks_;
  base::Metrics& metrics_;
  base::Rng& rng_;
  mutable std::mutex mutex_;
  std::map<std::string, Line> lines_;  // By what Inbox::line() gives.
  bool stopped_ = false;
  base::TaskGroup tasks_;
};

}  // namespace app
