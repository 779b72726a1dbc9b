// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/clock.h"
#include "bus/embedded/bus_metrics.h"
#include "bus/embedded/store.h"
#include "bus/embedded/writer.h"

namespace bus::embedded {

// Removes records by age and size, oldest first, in steps of a few milliseconds between commits. A record that a known
// stage is not done with stays whatever its age; a stage that has not run for max_age is not waited for. Dead letters
// have an age of their own and do not give way to size. For the writer's thread.
class Retention {
 public:
  struct Limits {
    base::Duration max_age;
    std::int64_t max_bytes;
    base::Duration dead_letter_age;
  };

  // `hold` is told why appends must wait while the log is over its bound with nothing to remove, and nullopt after.
  Retention(Limits limits, base::Clock& clock, BusMetrics& metrics, stage::Failpoint failpoint,
            std::function<void(std::optional<std::string>)> hold);

  // One step. Whether another one would find something to do at once.
  bool step(Store& store);

 private:
  struct Cut {
    Store::Extent extent;
    std::int64_t first;  // What is below goes.
    base::Time oldest;
  };

  std::optional<Cut> find_cut(Store& store, bool over_size);
  std::optional<Cut> cut_of(Store& store, const Store::Extent& extent, bool over_size);
  std::map<std::int64_t, std::int64_t> floors(Store& store) const;
  void remove(Store& store, const Cut& cut);
  void judge_size(std::int64_t bytes, bool found);

  Limits limits_;
  base::Clock& clock_;
  BusMetrics& metrics_;
  stage::Failpoint failpoint_;
  std::function<void(std::optional<std::string>)> hold_;
  std::map<std::int64_t, std::int64_t> floors_;
  bool holding_ = false;
  std::chrono::steady_clock::time_point next_look_;
  std::chrono::steady_clock::time_point next_touch_;
};

// Bytes of the file that hold something.
std::int64_t used_bytes(sqlite::Connection& database);

}  // namespace bus::embedded
