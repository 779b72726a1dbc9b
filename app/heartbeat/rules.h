// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/time.h"
#include "ingest/watchdog.h"

namespace app::heartbeat {

// What the configuration says of heartbeat and lease, as far as the stages need it.
struct Rules {
  std::string cluster;  // The installation's.
  std::string target;   // The sink that beats go to; empty: none is configured.
  std::optional<ingest::Watchdog> watchdog;
};

// The rules of now: a reload replaces them under running stages. Thread-safe.
class CurrentRules {
 public:
  explicit CurrentRules(Rules rules) { replace(std::move(rules)); }

  void replace(Rules rules) {
    auto next = std::make_shared<const Rules>(std::move(rules));
    std::lock_guard lock(mutex_);
    rules_.swap(next);
  }
  std::shared_ptr<const Rules> now() const {
    std::lock_guard lock(mutex_);
    return rules_;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Rules> rules_;
};

}  // namespace app::heartbeat
