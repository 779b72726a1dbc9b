// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bus/embedded/bus_metrics.h"
#include "bus/embedded/stage.h"
#include "bus/embedded/store.h"

namespace bus::embedded {

// Which stages read which topic. For the writer's thread.
class Router {
 public:
  explicit Router(BusMetrics& metrics) : metrics_(metrics) {}

  void add(Store& store, const std::shared_ptr<Stage>& stage);
  void remove(Store& store, const Stage& stage);
  // Hands what was committed to its readers. Returns what is also for readers that want it synced first.
  std::vector<Fresh> dispatch(std::vector<Fresh> fresh);
  void dispatch_synced(const std::vector<Fresh>& fresh);

 private:
  struct Topic {
    std::vector<std::shared_ptr<Stage>> readers;
    prometheus::Counter* appended = nullptr;
  };

  BusMetrics& metrics_;
  std::map<std::string, Topic, std::less<>> topics_;
};

}  // namespace bus::embedded
